//! Value types: what they accept, what they turn away and why, and the time arithmetic of licences and orders.

use chrono::{Days, NaiveDate, TimeDelta};
use rules::Moment;
use rules::families::camera::MACHINE;
use rules::hours::{ClosedHours, payment_deadline};
use rules::kernel::{CaseEvent, CaseState};
use rules::licence::{Ledger, Points, PointsEntry, ScoringCycle};
use rules::money::Fen;
use rules::person::{CreditCode, IdNumber, LicenceFileNumber, Phone, mask_name};
use rules::place::{PlaceId, RegionCode};
use rules::plate::{PlateNumber, PlatePrefix};
use rules::violation::{PenaltyKind, PointsUnderLaw, RecordPoints, ViolationCode};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

#[test]
fn id_numbers_need_a_real_day_and_the_right_check_digit() {
    let body = "11010519491231002";
    let good = IdNumber::of_body(body).unwrap();
    assert_eq!(good.to_string(), "11010519491231002X");
    assert_eq!(good.birth(), day("1949-12-31"));
    assert_eq!(good.masked(), "110***********002X");
    assert_eq!(IdNumber::parse(" 110105 19491231 002x").unwrap(), good);
    assert_eq!(IdNumber::parse("１１０１０５１９４９１２３１００２Ｘ").unwrap(), good);
    for (text, code) in [
        ("", "length"),
        ("11010519491231002", "length"),
        ("11010519491231002XX", "length"),
        ("1101051949123100AX", "character"),
        ("110105194912310021", "check-digit"),
        ("11010519490231002X", "date"),
        ("11010518991231002X", "date"),
    ] {
        assert_eq!(IdNumber::parse(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn every_single_wrong_digit_of_an_id_number_is_found() {
    let good = "11010519491231002X";
    for position in 0..17 {
        for digit in '0'..='9' {
            let mut text: Vec<char> = good.chars().collect();
            if text[position] != digit {
                text[position] = digit;
                assert!(IdNumber::parse(&text.iter().collect::<String>()).is_err(), "{position} {digit}");
            }
        }
    }
}

#[test]
fn other_numbers_are_read_as_people_write_them() {
    let code = CreditCode::of_body("91350100M000100Y4").unwrap();
    assert_eq!(CreditCode::parse(&code.to_string().to_lowercase()).unwrap(), code);
    assert_eq!(code.to_string(), "91350100M000100Y43");
    assert!(CreditCode::parse("91350100M000100Y42").is_err());
    assert!(CreditCode::parse("91350100I000100Y43").is_err());
    assert_eq!(LicenceFileNumber::parse("5301 0012 3456").unwrap().to_string(), "530100123456");
    assert!(LicenceFileNumber::parse("53010012345").is_err());
    for text in
        ["13812345678", "138 1234 5678", "+8613812345678", "１３８１２３４５６７８", "0086 138-1234-5678"]
    {
        assert_eq!(Phone::parse(text).unwrap().masked(), "138****5678", "{text}");
    }
    for text in ["1381234567", "12812345678", "23812345678", "138123456789", "abcdefghijk", "１２"] {
        assert!(Phone::parse(text).is_err(), "{text}");
    }
    assert_eq!(mask_name("李明"), "*明");
    assert_eq!(mask_name("欧阳小明"), "**明");
}

#[test]
fn plates_follow_the_standard() {
    for (text, canonical) in [
        ("桂A12345", "桂A12345"),
        ("桂a·12345", "桂A12345"),
        ("桂A 1234A", "桂A1234A"),
        ("渝AD12345", "渝AD12345"),
        ("渝ADA1234", "渝ADA1234"),
        ("鲁B12345F", "鲁B12345F"),
        ("京A1234学", "京A1234学"),
    ] {
        assert_eq!(PlateNumber::parse(text).unwrap().to_string(), canonical);
    }
    for (text, code) in [
        ("", "plate-province"),
        ("XA12345", "plate-province"),
        ("桂112345", "plate-office"),
        ("桂I12345", "plate-unknown-office"),
        ("京Z12345", "plate-unknown-office"),
        ("桂1", "plate-office"),
        ("桂A1234", "plate-length"),
        ("桂A1234567", "plate-length"),
        ("桂A1234I", "plate-character"),
        ("桂A1234O", "plate-character"),
        ("桂AABC12", "plate-letters"),
        ("桂AL12345", "plate-new-energy"),
        ("桂A12345L", "plate-new-energy"),
        ("桂AD1A345", "plate-new-energy"),
    ] {
        assert_eq!(PlateNumber::parse(text).unwrap_err().code(), code, "{text}");
    }
    assert_eq!(PlateNumber::parse("桂A12345").unwrap().spoken(), "桂A·12345");
}

#[test]
fn a_prefix_stands_for_an_office_that_issues_plates() {
    for text in ["京A", "京Y", "津R", "沪R", "苏U", "鲁O", "粤Z", "桂A", "渝H", "川Z", "云S", "新S"]
    {
        let prefix = PlatePrefix::parse(text).unwrap();
        assert_eq!(PlatePrefix::from_number(prefix.number()), Some(prefix));
    }
    for text in ["京I", "京Z", "沪Z", "津Z", "渝Z", "冀K", "辽O", "桂Q", "琼G", "云B", "藏K", "宁F", "新T"]
    {
        assert_eq!(PlatePrefix::parse(text).unwrap_err().code(), "plate-unknown-office", "{text}");
    }
    for number in [-1, 8, 25, 26, 31 * 32, i64::MAX] {
        assert_eq!(PlatePrefix::from_number(number), None, "{number}: 8 would be 京I, 25 京Z");
    }
    let known = (0..31 * 32).filter_map(PlatePrefix::from_number);
    let read_again = |prefix: PlatePrefix| PlatePrefix::parse(&prefix.to_string()) == Ok(prefix);
    assert_eq!(known.filter(|prefix| read_again(*prefix)).count(), 417);
}

#[test]
fn amounts_regions_and_codes_are_read_or_turned_away() {
    for (text, fen) in [("200", 20_000), ("200.5", 20_050), ("0.05", 5), ("0", 0)] {
        assert_eq!(Fen::parse(text).unwrap().fen(), fen);
    }
    for text in ["", "-1", "1.234", "1,000", "1.", ".5", "２", "9999999999999"] {
        assert!(Fen::parse(text).is_err(), "{text}");
    }
    assert_eq!(Fen::new(-5).to_string(), "-0.05");
    assert_eq!(Fen::new(i64::MIN).to_string(), "-92233720368547758.08");
    assert!(RegionCode::parse("530102").unwrap().within("5301"));
    for text in ["53010", "5301022", "abcdef", "930102", "030102"] {
        assert!(RegionCode::parse(text).is_err(), "{text}");
    }
    assert!(PlaceId::parse("kunming").is_ok() && PlaceId::parse("Kunming").is_err());
    for (text, fits) in
        [("1344", true), ("1352A", true), ("10391", true), ("13", false), ("1344a", false), ("A1344", false)]
    {
        assert_eq!(ViolationCode::parse(text).is_ok(), fits, "{text}");
    }
}

#[test]
fn the_milder_law_of_the_two_days_counts_and_never_more_than_the_registry_says() {
    let points = |code: &str, violated: &str, decided: &str, registry| {
        let law = PointsUnderLaw::of(&ViolationCode::parse(code).unwrap(), day(violated), day(decided));
        let counting = law.of_record(Points(registry), PenaltyKind::Fine);
        (counting.points.0, counting.known)
    };
    for (code, violated, decided, registry, counting) in [
        ("1344", "2022-03-30", "2022-03-31", 3, 3),
        ("1344", "2022-03-31", "2022-04-01", 3, 1),
        ("1344", "2022-04-01", "2022-04-02", 1, 1),
        ("1344", "2022-04-01", "2022-04-02", 0, 0),
        ("1223", "2022-03-01", "2022-05-01", 3, 2),
        ("1636", "2023-01-01", "2023-01-01", 3, 3),
        ("4305", "2023-01-01", "2023-01-01", 6, 6),
        ("1352A", "2021-06-01", "2021-07-01", 3, 3),
    ] {
        let counted = points(code, violated, decided, registry);
        assert_eq!(counted, (counting, true), "{code} {violated} {registry}");
    }
}

#[test]
fn points_that_the_road_or_the_excess_decides_are_left_to_the_registry_when_the_law_has_changed() {
    for (code, registry, known) in [
        ("1636", 6, false),
        ("1636", 4, false),
        ("1636", 3, true),
        ("4305", 6, false),
        ("4305", 1, false),
        ("4305", 0, true),
        ("1637", 6, false),
        ("1721", 12, false),
        ("1352", 3, false),
        ("1340", 3, false),
        ("1625", 6, true),
    ] {
        let code_of = ViolationCode::parse(code).unwrap();
        let law = PointsUnderLaw::of(&code_of, day("2021-06-01"), day("2026-11-18"));
        let counting = law.of_record(Points(registry), PenaltyKind::Fine);
        assert_eq!(counting, RecordPoints { points: Points(registry), known }, "{code} with {registry}");
    }
}

#[test]
fn a_warning_carries_no_points() {
    for code in ["1344", "1636", "9999"] {
        let law =
            PointsUnderLaw::of(&ViolationCode::parse(code).unwrap(), day("2021-06-01"), day("2026-11-18"));
        let counting = law.of_record(Points(6), PenaltyKind::Warning);
        assert_eq!(counting, RecordPoints { points: Points(0), known: true }, "{code}");
    }
}

#[test]
fn the_points_of_the_registry_stand_for_a_code_that_the_table_does_not_know() {
    let unknown = ViolationCode::parse("9999").unwrap();
    let law = PointsUnderLaw::of(&unknown, day("2022-03-01"), day("2023-01-01"));
    assert_eq!(law, PointsUnderLaw::RegistryStands);
    assert_eq!(law.of_record(Points(6), PenaltyKind::Fine).points, Points(6));
}

#[test]
fn a_scoring_cycle_contains_every_day_of_twenty_years_exactly_once() {
    for first in ["2012-02-29", "2015-03-01", "2011-12-31", "2010-01-01"] {
        let first = day(first);
        let mut cycle = ScoringCycle::of(first, first);
        assert_eq!(cycle.start, first);
        for today in (0..7305).map(|days| first + Days::new(days)) {
            let found = ScoringCycle::of(first, today);
            assert!(found.contains(today), "{first} {today}");
            if found != cycle {
                assert_eq!(found.start, cycle.next_start(), "{first} {today}");
                cycle = found;
            }
        }
    }
}

#[test]
fn a_cycle_of_29_february_begins_on_1_march_in_common_years() {
    let first = day("2020-02-29");
    for (today, start, end) in [
        ("2021-02-28", "2020-02-29", "2021-02-28"),
        ("2021-03-01", "2021-03-01", "2022-02-28"),
        ("2024-02-28", "2023-03-01", "2024-02-28"),
        ("2024-02-29", "2024-02-29", "2025-02-28"),
    ] {
        let cycle = ScoringCycle::of(first, day(today));
        assert_eq!((cycle.start, cycle.end), (day(start), day(end)), "{today}");
    }
}

#[test]
fn points_are_cleared_with_the_cycle_unless_their_fine_is_unpaid() {
    let entry = |on: &str, points, fine_paid| PointsEntry { on: day(on), points: Points(points), fine_paid };
    let ledger = Ledger {
        first_issued: day("2015-03-01"),
        entries: vec![
            entry("2026-02-28", 6, true),
            entry("2026-02-28", 3, false),
            entry("2026-03-01", 1, true),
        ],
        full_marks: vec![day("2026-02-28"), day("2026-03-01")],
    };
    assert_eq!(ledger.points_of_cycle(day("2026-02-28")), Points(9));
    assert_eq!(ledger.points_of_cycle(day("2026-03-01")), Points(4));
    assert_eq!(ledger.carried_points(day("2026-02-28")), Points(3));
    assert_eq!(ledger.carried_points(day("2026-03-01")), Points(3));
    assert_eq!(ledger.carried_points(day("2026-02-27")), Points(0));
    assert_eq!(ledger.full_marks_of_cycle(day("2026-02-28")), 1);
    assert_eq!(ledger.full_marks_of_cycle(day("2026-03-01")), 1);
}

#[test]
fn every_state_and_event_is_an_edge_or_a_named_refusal() {
    let mut edges = 0;
    for state in CaseState::ALL {
        for event in CaseEvent::ALL {
            match MACHINE.next(*state, *event) {
                Ok(next) => {
                    edges += 1;
                    assert!(MACHINE.edges.contains(&(*state, *event, next)));
                }
                Err(refused) => {
                    assert_eq!((refused.state, refused.event), (*state, *event));
                    assert!(refused.to_string().contains(state.code()));
                }
            }
        }
    }
    assert_eq!(edges, MACHINE.edges.len(), "no edge stands twice");
    for end in [CaseState::Settled, CaseState::Refunded] {
        assert!(MACHINE.ends(end));
        assert!(CaseEvent::ALL.iter().all(|event| MACHINE.next(end, *event).is_err()), "{end:?} is an end");
    }
    for state in CaseState::ALL {
        let paid = MACHINE.next(*state, CaseEvent::PaymentSucceeded);
        let expects =
            matches!(state, CaseState::Placed | CaseState::Paying | CaseState::Lapsed | CaseState::Cancelled);
        assert_eq!(paid.is_ok(), expects, "money is never dropped: {state:?}");
    }
}

#[test]
fn the_payment_window_stands_still_while_the_place_is_closed() {
    let closed = ClosedHours { from_minute: 22 * 60, until_minute: 60 };
    let night = Some(closed);
    for (placed, deadline) in [
        ("2026-11-18T02:00:00Z", "2026-11-18T04:00:00Z"),
        ("2026-11-18T12:00:00Z", "2026-11-18T14:00:00Z"),
        ("2026-11-18T12:00:01Z", "2026-11-18T17:00:01Z"),
        ("2026-11-18T13:59:59Z", "2026-11-18T18:59:59Z"),
        ("2026-11-18T15:00:00Z", "2026-11-18T19:00:00Z"),
        ("2026-11-18T17:00:00Z", "2026-11-18T19:00:00Z"),
    ] {
        assert_eq!(payment_deadline(at(placed), 120, night), at(deadline), "{placed}");
    }
    assert_eq!(payment_deadline(at("2026-11-18T13:00:00Z"), 120, None), at("2026-11-18T15:00:00Z"));
    let open_time = |from: Moment, until: Moment| {
        let minutes = (until - from).num_minutes();
        (0..minutes).filter(|minute| !closed.contains(from + TimeDelta::minutes(*minute))).count()
    };
    for start in 0..1440 {
        let placed = at("2026-11-17T16:00:00Z") + TimeDelta::minutes(start);
        assert_eq!(open_time(placed, payment_deadline(placed, 120, night)), 120, "minute {start}");
    }
}
