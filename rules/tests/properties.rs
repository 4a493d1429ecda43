//! What must hold of every selection, and of every text that somebody may send.

#[path = "support/generator.rs"]
mod generator;

use proptest::prelude::*;
use rules::families::camera::{CameraCase, RecordFacts, Request, assess_selection};
use rules::licence::Points;
use rules::rulebook::Rulebook;
use rules::violation::RecordStanding;
use std::sync::LazyLock;

static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::shipped);
static CASES: LazyLock<Vec<CameraCase>> = LazyLock::new(|| generator::cases(4_000).collect());

/// A person with a car and records of the same place, most of them fit to be handled.
fn selections(most: usize) -> impl Strategy<Value = (CameraCase, Vec<RecordFacts>)> {
    (0..CASES.len(), prop::collection::vec((0..CASES.len(), 0_u32..8, any::<bool>()), 1..most)).prop_map(
        |(person, records)| {
            let case = CASES[person].clone();
            let records = records.into_iter().map(|(index, points, fit)| {
                let mut record = CASES[index].record.clone();
                record.points = Points(points);
                record.region = case.record.region.clone();
                if fit {
                    record = RecordFacts { state: RecordStanding::Unprocessed, ..case.record.clone() };
                    record.points = Points(points);
                }
                record
            });
            let records = records.collect();
            (case, records)
        },
    )
}

fn judge(case: &CameraCase, records: &[RecordFacts], chosen: &[usize]) -> rules::families::camera::Selection {
    let request = Request { now: case.now, channels: case.channels };
    assess_selection(request, &case.applicant, &case.vehicle, records, chosen, &RULEBOOK)
}

proptest! {
    #[test]
    fn a_further_record_never_lowers_points_or_fine((case, records) in selections(12)) {
        let all: Vec<usize> = (0..records.len()).collect();
        for count in 1..all.len() {
            let (few, more) = (judge(&case, &records, &all[..count]), judge(&case, &records, &all[..=count]));
            prop_assert!(few.points <= more.points && few.fine <= more.fine && few.points_after <= more.points_after);
        }
    }

    #[test]
    fn a_part_of_a_passing_selection_passes((case, records) in selections(8)) {
        let all: Vec<usize> = (0..records.len()).collect();
        if judge(&case, &records, &all).passes() {
            for left_out in 0..all.len() {
                let part: Vec<usize> = all.iter().copied().filter(|index| *index != left_out).collect();
                prop_assert!(part.is_empty() || judge(&case, &records, &part).passes());
            }
        }
    }

    #[test]
    fn the_largest_passing_part_is_as_large_as_any_that_trying_all_finds((case, records) in selections(10)) {
        let best = (0_u32..1 << records.len())
            .filter(|bits| {
                let part: Vec<usize> = (0..records.len()).filter(|index| bits >> index & 1 == 1).collect();
                judge(&case, &records, &part).passes()
            })
            .map(u32::count_ones)
            .max()
            .unwrap_or(0);
        let largest = judge(&case, &records, &[]).largest;
        prop_assert_eq!(largest.len(), usize::try_from(best).unwrap());
        prop_assert!(largest.is_empty() || judge(&case, &records, &largest).passes());
    }

    #[test]
    fn two_hundred_records_are_judged_as_a_whole((case, records) in selections(201)) {
        let largest = judge(&case, &records, &[]).largest;
        prop_assert!(largest.is_empty() || judge(&case, &records, &largest).passes());
    }

    #[test]
    fn no_text_breaks_a_parser(text in "\\PC{0,40}") {
        _ = rules::person::IdNumber::parse(&text);
        _ = rules::person::CreditCode::parse(&text);
        _ = rules::person::LicenceFileNumber::parse(&text);
        _ = rules::person::Phone::parse(&text);
        _ = rules::plate::PlateNumber::parse(&text);
        _ = rules::plate::PlatePrefix::parse(&text);
        _ = rules::money::Fen::parse(&text);
        _ = rules::place::RegionCode::parse(&text);
        _ = rules::violation::ViolationCode::parse(&text);
        _ = Rulebook::load(&[("national.toml", &text)]);
    }

    #[test]
    fn what_a_parser_gives_it_reads_again(text in "[桂云渝][A-HJ-NP-Z][0-9A-Z]{5,6}") {
        if let Ok(plate) = rules::plate::PlateNumber::parse(&text) {
            prop_assert_eq!(rules::plate::PlateNumber::parse(&plate.to_string()), Ok(plate));
        }
    }

    #[test]
    fn a_decision_survives_json(index in 0..4_000_usize) {
        let case = &CASES[index];
        let text = serde_json::to_string(case).unwrap();
        let again: CameraCase = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&again, case);
        let verdict = rules::families::camera::assess(case, &RULEBOOK);
        let text = serde_json::to_string(&verdict).unwrap();
        let again: rules::kernel::Verdict = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(again, verdict);
    }
}
