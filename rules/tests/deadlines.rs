//! Last days: of late fees, of licences, as regulations count them.

use chrono::{Days, NaiveDate};
use rules::calendar::{self, DayCount};
use rules::families::late_fee::{self, FineCase, LateFeeParameters};
use rules::licence::Renewal;
use rules::money::Fen;
use rules::rulebook::Rulebook;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The national parameters of today, with days counted so.
fn counted(count: DayCount) -> LateFeeParameters {
    let (before, after) = include_str!("../parameters/national.toml")
        .split_once("[[parameters.late-fee-count]]\nvalue = ")
        .unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    let text = format!("{before}[[parameters.late-fee-count]]\nvalue = \"{}\"\n{after}", count.code());
    Rulebook::load(&[("national.toml", &text)]).unwrap().parameters(None, day("2026-11-18"))
}

/// A fine served on 1 March 2026 that is paid so many days after the last day to pay.
fn late(fine: Fen, days: u64) -> FineCase {
    let today = day("2026-03-16") + Days::new(days);
    FineCase { fine, served_on: day("2026-03-01"), today, suspensions: vec![] }
}

#[test]
fn a_late_fee_never_exceeds_the_fine_and_never_falls() {
    let parameters = counted(DayCount::Calendar);
    let fee = |fine, days| late(fine, days).late_fee(&parameters).fee();
    for yuan in (0..=200).step_by(8) {
        let fine = Fen::yuan(yuan);
        let mut before = Fen::ZERO;
        for days in 0..=400 {
            let fee = fee(fine, days);
            assert!(fee <= fine && fee >= before, "{yuan} yuan, {days} days: {fee}");
            before = fee;
        }
        assert_eq!(before, fine, "after 34 days it is as much as the fine");
    }
    assert_eq!(fee(Fen::yuan(200), 1), Fen::yuan(6));
    assert_eq!(fee(Fen::yuan(200), 33), Fen::yuan(198));
    assert_eq!(fee(Fen::yuan(200), 34), Fen::yuan(200));
}

#[test]
fn a_late_fee_shows_its_steps_and_names_the_text_that_states_it() {
    let rulebook = Rulebook::shipped();
    let computed = late_fee::assess(&late(Fen::yuan(50), 40), None, &rulebook).computed;
    let steps: Vec<_> = computed.steps.iter().map(|(code, amount)| (*code, amount.fen())).collect();
    assert_eq!(steps, [("grown", 6_000), ("cap", 5_000), ("fee", 5_000), ("total", 10_000)]);
    assert_eq!(rulebook.source(computed.source).unwrap().text, "procedure");
    assert_eq!(computed.rule, late_fee::RULE);
}

#[test]
fn the_largest_fine_computes_without_overflow() {
    let largest = late(late_fee::LARGEST_FINE, 36_000).late_fee(&counted(DayCount::Calendar));
    assert_eq!(largest.total(), late_fee::LARGEST_FINE + late_fee::LARGEST_FINE);
}

#[test]
fn the_fifteenth_day_is_in_time_and_a_review_stops_the_clock() {
    let parameters = counted(DayCount::Calendar);
    let case = |today: &str, suspensions| FineCase {
        fine: Fen::yuan(200),
        served_on: day("2026-03-01"),
        today: day(today),
        suspensions,
    };
    for (today, days) in [("2026-03-15", 0), ("2026-03-16", 0), ("2026-03-17", 1), ("2026-03-18", 2)] {
        assert_eq!(case(today, vec![]).late_fee(&parameters).days_late, days, "{today}");
    }
    let reviewed =
        case("2026-03-26", vec![(day("2026-03-18"), Some(day("2026-03-20")))]).late_fee(&parameters);
    assert_eq!((reviewed.days_late, reviewed.days_suspended), (7, 3));
    let running = case("2026-03-26", vec![(day("2026-03-17"), None)]).late_fee(&parameters);
    assert_eq!((running.days_late, running.fee()), (0, Fen::ZERO));
}

#[test]
fn a_last_day_to_pay_that_is_a_day_off_moves_to_the_next_working_day() {
    let rolling = counted(DayCount::CalendarRolling);
    for (served, due, rolled) in [
        ("2026-03-01", "2026-03-16", false),
        ("2026-03-06", "2026-03-23", true),
        ("2026-09-16", "2026-10-08", true),
        ("2026-09-25", "2026-10-10", false),
    ] {
        let case =
            |today| FineCase { fine: Fen::yuan(200), served_on: day(served), today, suspensions: vec![] };
        let paid = case(day(due)).late_fee(&rolling);
        assert_eq!((paid.due_on, paid.rolled, paid.days_late), (day(due), rolled, 0), "{served}");
        let late = case(day(due) + Days::new(1)).late_fee(&rolling);
        assert_eq!(late.days_late, 1, "{served}");
    }
}

#[test]
fn a_licence_is_exchanged_online_until_eleven_months_after_it_ended() {
    let of = |today: &str| Renewal::of(day("2026-03-31"), day(today));
    for (today, renewal) in [
        ("2025-12-30", None),
        ("2025-12-31", Some(Renewal::Soon)),
        ("2026-03-31", Some(Renewal::Soon)),
        ("2026-04-01", Some(Renewal::OnlineUntil(day("2027-02-27")))),
        ("2027-02-27", Some(Renewal::OnlineUntil(day("2027-02-27")))),
        ("2027-02-28", Some(Renewal::OfficeOnly)),
        ("2030-01-01", Some(Renewal::OfficeOnly)),
    ] {
        assert_eq!(of(today), renewal, "{today}");
    }
}

#[test]
fn days_are_counted_as_the_regulation_says() {
    for (from, days, count, last) in [
        ("2026-09-16", 15, DayCount::Calendar, "2026-10-01"),
        ("2026-09-16", 15, DayCount::CalendarRolling, "2026-10-08"),
        ("2026-09-30", 1, DayCount::Working, "2026-10-08"),
        ("2026-11-20", 1, DayCount::Working, "2026-11-23"),
        ("2026-02-13", 1, DayCount::Working, "2026-02-14"),
    ] {
        assert_eq!(calendar::deadline(day(from), days, count), day(last), "{from} {count:?}");
    }
    assert!(calendar::is_working_day(day("2026-10-10")), "a Saturday worked");
    assert!(!calendar::is_working_day(day("2026-10-01")));
    assert!(!calendar::is_working_day(day("2009-11-21")), "a Saturday before the table");
}
