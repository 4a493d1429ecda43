//! The shipped rulebook, and what loading says about wrong files.

use chrono::{Days, NaiveDate};
use rules::families::camera::{Camera, Parameter, rule};
use rules::place::PlaceId;
use rules::rulebook::Rulebook;

#[test]
fn the_shipped_files_load_and_have_a_version() {
    let rulebook = Rulebook::shipped();
    assert_eq!(rulebook.jurisdictions.len(), 5);
    assert_eq!(rulebook.version.0.len(), 16);
    assert_eq!(rulebook, Rulebook::shipped());
}

#[test]
fn on_every_day_of_twenty_years_each_place_has_exactly_one_value_of_each_parameter() {
    let rulebook = Rulebook::shipped();
    let first = NaiveDate::from_ymd_opt(2012, 1, 1).unwrap();
    for place in &rulebook.jurisdictions {
        for day in (0..7305).map(|days| first + Days::new(days)) {
            for parameter in rules::families::parameters() {
                let own = place.parameters.get(parameter.code).into_iter().flatten();
                let holding = own.filter(|dated| dated.holds_on(day)).count();
                assert!(holding <= 1, "{} {} {day}", place.id, parameter.code);
                assert!(
                    rulebook.in_force(Some(&place.id), parameter.code, day).is_some(),
                    "{}",
                    parameter.code
                );
            }
        }
    }
}

#[test]
fn a_rulebook_survives_json() {
    let rulebook = Rulebook::shipped();
    let text = serde_json::to_string(&rulebook).unwrap();
    assert_eq!(serde_json::from_str::<Rulebook>(&text).unwrap(), rulebook);
}

#[test]
fn the_longest_region_decides_the_place() {
    let rulebook = Rulebook::shipped();
    let place = |code: &str| rulebook.place_of(&code.parse().unwrap()).map(|place| place.id.to_string());
    assert_eq!(place("530102").as_deref(), Some("kunming"));
    assert_eq!(place("532901").as_deref(), Some("national"));
    assert_eq!(place("450103").as_deref(), Some("nanning"));
    assert_eq!(place("370102").as_deref(), Some("shandong"));
    assert_eq!(place("500103").as_deref(), Some("chongqing"));
    assert_eq!(place("440103"), None);
}

#[test]
fn the_relief_holds_from_its_first_day_to_its_last() {
    let rulebook = Rulebook::shipped();
    let place = PlaceId::parse("chongqing").unwrap();
    let value = |day: &str| {
        let day = day.parse().unwrap();
        rulebook.in_force(Some(&place), Parameter::BindingBefore.code(), day).unwrap().value.clone()
    };
    let asked = rules::kernel::Setting::Number(1);
    assert_eq!(value("2020-02-11"), asked);
    assert_eq!(value("2020-02-12"), rules::kernel::Setting::None);
    assert_eq!(value("2023-01-07"), rules::kernel::Setting::None);
    assert_eq!(value("2023-01-08"), asked);
}

const HEAD: &str = "[jurisdiction]\nid = \"here\"\nname = { zh = \"此\", en = \"Here\" }\nregions = []\n\
    [jurisdiction.office]\nname = { zh = \"窗口\", en = \"Office\" }\n";

/// Loads the national file and another with this body, and gives what is wrong with it.
fn wrong(body: &str) -> (usize, String, String) {
    let national = include_str!("../parameters/national.toml");
    let text = format!("{HEAD}{body}");
    let error = Rulebook::load(&[("national.toml", national), ("here.toml", &text)]).expect_err(body);
    assert_eq!(error.file, "here.toml");
    (error.line, error.key, error.problem)
}

#[test]
fn a_wrong_file_is_told_by_line_and_key() {
    let source = "source = { text = \"t\", words = \"w\" }";
    let entry = |name: &str, rest: &str| format!("[[parameters.{name}]]\n{rest}\n{source}\n");
    for (body, line, key, problem) in [
        ("[parameters]\nx =".to_owned(), 8, "syntax", ""),
        (entry("fine-limits", "value = \"1\""), 7, "parameters.fine-limits", "no such parameter"),
        (entry("fine-limit", "value = 200"), 8, "parameters.fine-limit.value", "an amount is a text"),
        (entry("fine-limit", "value = \"2,00\""), 8, "parameters.fine-limit.value", "200.00"),
        (entry("points-limit", "value = 13"), 8, "parameters.points-limit.value", "0 to 12"),
        (entry("relations", "value = [\"mine\"]"), 8, "parameters.relations.value", "none, own"),
        (entry("closed-from", "value = \"25:00\""), 8, "parameters.closed-from.value", "time of day"),
        (entry("closed-from", "value = \"+1:+1\""), 8, "parameters.closed-from.value", "time of day"),
        (entry("closed-from", "value = \"22:00\""), 7, "parameters.closed-from", "without 'closed-until'"),
        (
            entry("closed-until", "value = \"01:00\"\nfrom = 2021-01-02"),
            7,
            "parameters.closed-until",
            "without 'closed-from' from 2021-01-02",
        ),
        (entry("plate-prefixes", "value = [\"AA\"]"), 8, "parameters.plate-prefixes.value", "桂A"),
        (entry("identity-level", "value = \"face\""), 8, "parameters.identity-level.value", "real-person"),
        (entry("points-limit", "value = 12\nfrom = \"soon\""), 9, "parameters.points-limit", "must be a day"),
        (
            entry("points-limit", "value = 12\nfrom = 2021-01-02\nuntil = 2021-01-01"),
            7,
            "parameters.points-limit",
            "before 'from'",
        ),
        (entry("points-limit", "value = 12\ncolour = 1"), 9, "parameters.points-limit", "'colour'"),
        ("[[parameters.points-limit]]\nvalue = 12\n".into(), 7, "parameters.points-limit", "no 'source'"),
        (
            "[[parameters.points-limit]]\nvalue = \"none\"\n".into(),
            8,
            "parameters.points-limit.value",
            "'points-limit' cannot be left open",
        ),
        (entry("relations", "value = \"none\""), 8, "parameters.relations.value", "cannot be left open"),
        (
            entry("binding-before", "value = false").replace(source, ""),
            7,
            "parameters.binding-before",
            "no 'source'",
        ),
        (entry("points-limit", "value = 12\nnote = \"n\""), 9, "note", "must be a table"),
        ("[parameters]\n[rules]\n\"camera.none\" = []\n".into(), 9, "rules.camera.none", "no such rule"),
        (
            entry("points-limit", "value = 12") + &entry("points-limit", "value = 11"),
            7,
            "parameters.points-limit",
            "two values",
        ),
        (
            entry("points-limit", "value = 12\nuntil = 2021-01-01")
                + &entry("points-limit", "value = 11\nfrom = 2021-01-01"),
            7,
            "parameters.points-limit",
            "two values hold on 2021-01-01",
        ),
    ] {
        let found = wrong(&body);
        assert_eq!((found.0, found.1.as_str()), (line, key), "{body}\n{}", found.2);
        assert!(found.2.contains(problem), "{body}\n{}", found.2);
    }
}

#[test]
fn an_optional_parameter_may_be_left_open_without_a_text() {
    let rulebook = Rulebook::shipped();
    let day = NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
    let value = rulebook.in_force(None, Parameter::VehicleKinds.code(), day).unwrap();
    assert_eq!((&value.value, value.source), (&rules::kernel::Setting::None, None));
    for place in &rulebook.jurisdictions {
        for (name, dated) in
            place.parameters.iter().flat_map(|(name, all)| all.iter().map(move |d| (name, d)))
        {
            let open = dated.value == rules::kernel::Setting::None;
            assert!(open || dated.source.is_some(), "{} {name}", place.id);
        }
    }
}

#[test]
fn a_text_of_one_place_that_another_cites_is_known_as_such() {
    let rulebook = Rulebook::shipped();
    let place = |id: &str| PlaceId::parse(id).unwrap();
    let (kunming, chongqing) = (place("kunming"), place("chongqing"));
    let disputed = |here| rulebook.rule_sources(Some(here), rule::NOT_DISPUTED)[0];
    let from = |here| rulebook.cited_from(disputed(here), Some(here)).map(|from| from.id.clone());
    assert_eq!(from(&kunming), Some(chongqing.clone()));
    assert_eq!(from(&chongqing), None);
    let simple = rulebook.rule_sources(Some(&kunming), rule::SIMPLE_PROCEDURE)[0];
    assert_eq!(rulebook.cited_from(simple, Some(&kunming)), None, "a law is no place's text");
}

#[test]
fn offices_for_stamped_papers_and_help_lines_are_read() {
    let rulebook = Rulebook::shipped();
    let chongqing = rulebook.jurisdiction(&PlaceId::parse("chongqing").unwrap()).unwrap();
    assert_eq!(chongqing.office.phone, None, "the help line is not the counter's phone");
    assert_eq!(chongqing.hotline.as_ref().unwrap().phone, "023-68620626");
    assert_eq!(chongqing.receipt_offices[0].phone.as_deref(), Some("023-63613285"));
    assert!(chongqing.decision_offices[0].bring.as_ref().unwrap().zh.contains("驾驶证"));
    let source = "source = { text = \"t\", words = \"w\" }";
    let name = "name = { zh = \"甲\", en = \"A\" }";
    for (body, key, problem) in [
        (format!("[jurisdiction.hotline]\n{name}\n{source}\n"), "jurisdiction.hotline", "no 'phone'"),
        (
            format!("[[jurisdiction.receipt-office]]\n{name}\ncolour = 1\n{source}\n"),
            "jurisdiction.receipt-office",
            "'colour'",
        ),
        (format!("[jurisdiction.decision-office]\n{name}\n"), "jurisdiction.decision-office", "must be [["),
    ] {
        let found = wrong(&format!("{body}[parameters]\n"));
        assert_eq!(found.1, key, "{body}");
        assert!(found.2.contains(problem), "{body}: {}", found.2);
    }
}

#[test]
fn a_gap_in_the_national_file_is_told() {
    let national = include_str!("../parameters/national.toml").replacen(
        "[[parameters.points-limit]]\nvalue = 12",
        "[[parameters.points-limit]]\nvalue = 12\nuntil = 2030-12-31",
        1,
    );
    let error = Rulebook::load(&[("national.toml", &national)]).unwrap_err();
    assert_eq!(error.key, "parameters.points-limit");
    assert!(error.problem.contains("no value holds after 2030-12-31"), "{error}");
}

/// Loads the changed national file and gives line, key and problem of its error.
fn wrong_national(change: impl Fn(&str) -> String) -> (usize, String, String) {
    let national = include_str!("../parameters/national.toml");
    let changed = change(national);
    assert_ne!(changed, national);
    let error = Rulebook::load(&[("national.toml", &changed)]).expect_err("the file is wrong");
    assert_eq!(error.file, "national.toml");
    (error.line, error.key, error.problem)
}

#[test]
fn a_required_parameter_that_the_national_file_leaves_out_or_open_is_told() {
    let parameter = "[[parameters.points-limit]]\nvalue = 12";
    let (_, key, problem) = wrong_national(|text| {
        let (before, after) = text.split_once(parameter).unwrap();
        format!("{before}{}", &after[after.find("[[parameters.").unwrap()..])
    });
    assert_eq!(key, "parameters", "{problem}");
    assert!(problem.contains("'points-limit' has no national value"), "{problem}");
    let (line, key, problem) =
        wrong_national(|text| text.replacen(parameter, &parameter.replace("12", "\"none\""), 1));
    let expected = include_str!("../parameters/national.toml").split(parameter).next().unwrap();
    assert_eq!((line, key.as_str()), (expected.lines().count() + 2, "parameters.points-limit.value"));
    assert!(problem.contains("cannot be left open"), "{problem}");
}

#[test]
fn a_rule_that_no_text_states_is_told() {
    let stated = "\"camera.lease\" = [";
    let (line, key, problem) = wrong_national(|text| {
        let (before, after) = text.split_once(stated).unwrap();
        let (_, after) = after.split_once("\n]\n").unwrap();
        format!("{before}{after}")
    });
    let rules = include_str!("../parameters/national.toml").split("[rules]").next().unwrap();
    assert_eq!((line, key.as_str()), (rules.lines().count() + 1, "rules"));
    assert!(problem.contains("no text states rule 'camera.lease'"), "{problem}");
}

#[test]
fn a_limit_that_is_not_set_is_an_error_and_no_pass() {
    use rules::kernel::{Facts, Missing, Term, Values};

    struct Nothing;
    impl Values<Camera> for Nothing {
        fn number(&self, _: Parameter) -> Option<i64> {
            None
        }
        fn listed(&self, _: Parameter, _: i64) -> bool {
            false
        }
    }
    let read = Term::Parameter(Parameter::FineLimit).read(&Facts::default(), &Nothing);
    assert_eq!(read, Err(Missing::Parameter("fine-limit")));
}
