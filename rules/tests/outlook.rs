//! The group of a record follows from where it stands and from what refuses it.

#[path = "support/passing.rs"]
mod passing;

use rules::Moment;
use rules::families::camera::{CameraCase, assess};
use rules::families::camera::{Group, Outlook};
use rules::money::Fen;
use rules::rulebook::Rulebook;
use rules::violation::RecordStanding;
use serde_json::{Value, json};

fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

/// The outlook of the case of a place that passes, with some of its facts changed.
fn outlook(place: &str, changes: &[(&str, Value)]) -> Outlook {
    let mut case: Value = passing::base(place);
    for (pointer, value) in changes {
        *case.pointer_mut(pointer).expect("a fact of the case") = value.clone();
    }
    let case: CameraCase = serde_json::from_value(case).expect("a case");
    Outlook::of(case.record.state, &assess(&case, &Rulebook::shipped()))
}

#[test]
fn a_record_that_nothing_refuses_can_be_handled_online() {
    for place in ["kunming", "nanning", "chongqing", "national"] {
        assert_eq!(outlook(place, &[]), Outlook::Online, "{place}");
    }
}

#[test]
fn a_settled_record_is_settled_whatever_else_refuses_it() {
    for state in ["processed", "processed-elsewhere"] {
        let changes = [("/record/state", json!(state)), ("/record/fine", json!(50_000))];
        assert_eq!(outlook("kunming", &changes), Outlook::Settled, "{state}");
    }
}

#[test]
fn closed_hours_put_a_record_off_until_they_end() {
    // 23:05 in China; Chongqing opens at 01:00.
    let night = [("/now", json!("2026-11-18T15:05:00Z"))];
    let opens = at("2026-11-18T17:00:00Z");
    assert_eq!(outlook("chongqing", &night), Outlook::Later { at: Some(opens) });
    assert_eq!(outlook("kunming", &night), Outlook::Online);
}

#[test]
fn a_hold_of_another_order_puts_a_record_off_until_the_hold_ends() {
    let until = at("2026-11-18T06:00:00Z");
    let held = |until: Option<Moment>| {
        let now = ("/now", json!("2026-11-18T04:00:00Z"));
        outlook("kunming", &[now, ("/record/state", json!({ "held-by-other": { "until": until } }))])
    };
    assert_eq!(held(Some(until)), Outlook::Later { at: Some(until) });
    assert_eq!(held(None), Outlook::Later { at: None });
}

#[test]
fn the_latest_of_several_ends_counts() {
    let changes = [
        ("/now", json!("2026-11-18T15:05:00Z")),
        ("/record/state", json!({ "held-by-other": { "until": "2026-11-18T20:00:00Z" } })),
    ];
    assert_eq!(outlook("chongqing", &changes), Outlook::Later { at: Some(at("2026-11-18T20:00:00Z")) });
}

#[test]
fn what_an_act_of_the_person_mends_is_put_off_without_a_moment() {
    let disputed = [("/record/disputed", json!(true))];
    assert_eq!(outlook("kunming", &disputed), Outlook::Later { at: None });
    let unlicensed = [("/applicant/licence", Value::Null)];
    assert_eq!(outlook("kunming", &unlicensed), Outlook::Later { at: None });
    let unproved = [("/applicant/identity", json!("phone"))];
    assert_eq!(outlook("nanning", &unproved), Outlook::Later { at: None });
}

#[test]
fn what_only_an_office_handles_goes_to_the_office_even_while_it_is_closed() {
    let fine = ("/record/fine", json!(Fen::new(50_000)));
    assert_eq!(outlook("kunming", std::slice::from_ref(&fine)), Outlook::Office);
    assert_eq!(outlook("chongqing", &[fine, ("/now", json!("2026-11-18T15:05:00Z"))]), Outlook::Office);
    assert_eq!(outlook("kunming", &[("/record/capture", json!("officer"))]), Outlook::Office);
    assert_eq!(outlook("shandong", &[("/vehicle/relation", json!("other"))]), Outlook::Office);
}

#[test]
fn each_outlook_has_its_group() {
    let settled = Outlook::of(RecordStanding::Processed, &verdict());
    assert_eq!(settled.group(), Group::Settled);
    assert_eq!(Outlook::of(RecordStanding::Unprocessed, &verdict()).group(), Group::Online);
    assert_eq!(Outlook::Later { at: None }.group(), Group::Later);
    assert_eq!(Outlook::Office.group(), Group::Office);
}

fn verdict() -> rules::kernel::Verdict {
    let case: CameraCase = serde_json::from_value(passing::base("kunming")).expect("a case");
    assess(&case, &Rulebook::shipped())
}
