//! The most that pass together are of one place: an order is of one place.

#[path = "support/passing.rs"]
mod passing;

use proptest::prelude::*;
use rules::families::camera::{
    CameraCase, LARGEST_SELECTION, RecordFacts, Request, Selection, assess_selection,
};
use rules::licence::Points;
use rules::place::RegionCode;
use rules::rulebook::Rulebook;
use std::sync::LazyLock;

const KUNMING: &str = "530102";
const NANNING: &str = "450103";

/// The shipped rulebook, but in Nanning the points must stay below nine.
static RULEBOOK: LazyLock<Rulebook> = LazyLock::new(|| {
    let nanning = include_str!("../parameters/nanning.toml");
    let limit = "[[parameters.points-limit]]\nvalue = ";
    let nanning = nanning.replace(&format!("{limit}12"), &format!("{limit}9"));
    assert!(nanning.contains(&format!("{limit}9")));
    Rulebook::load(&[
        ("national.toml", include_str!("../parameters/national.toml")),
        ("kunming.toml", include_str!("../parameters/kunming.toml")),
        ("nanning.toml", &nanning),
    ])
    .expect("a rulebook")
});

static CASE: LazyLock<CameraCase> =
    LazyLock::new(|| serde_json::from_value(passing::base("nanning")).expect("a case"));

/// Records by place and points.
fn records(of: &[(bool, u32)]) -> Vec<RecordFacts> {
    of.iter()
        .map(|(here, points)| RecordFacts {
            region: RegionCode::parse(if *here { KUNMING } else { NANNING }).expect("a region"),
            points: Points(*points),
            ..CASE.record.clone()
        })
        .collect()
}

fn judge(held: u32, records: &[RecordFacts], chosen: &[usize]) -> Selection {
    let mut applicant = CASE.applicant.clone();
    applicant.held_points = Points(held);
    let request = Request { now: CASE.now, channels: CASE.channels };
    assess_selection(request, &applicant, &CASE.vehicle, records, chosen, &RULEBOOK)
}

fn of_one_place(records: &[RecordFacts], part: &[usize]) -> bool {
    part.windows(2).all(|pair| records[pair[0]].region == records[pair[1]].region)
}

proptest! {
    #[test]
    fn no_part_of_one_place_that_passes_is_larger_than_the_largest(
        held in 0_u32..12,
        of in prop::collection::vec((any::<bool>(), 0_u32..7), 1..10),
    ) {
        let records = records(&of);
        let best = (0_u32..1 << records.len())
            .filter(|bits| {
                let part: Vec<usize> = (0..records.len()).filter(|index| bits >> index & 1 == 1).collect();
                of_one_place(&records, &part) && judge(held, &records, &part).passes()
            })
            .map(u32::count_ones)
            .max()
            .unwrap_or(0);
        let largest = judge(held, &records, &[]).largest;
        prop_assert_eq!(largest.len(), usize::try_from(best).unwrap());
        prop_assert!(of_one_place(&records, &largest));
        prop_assert!(largest.is_empty() || judge(held, &records, &largest).passes());
    }
}

#[test]
fn few_points_at_a_place_with_a_low_limit_take_nothing_from_another_place() {
    // Taken from both places together, two cheap records of Nanning would use up the points of Kunming's three.
    let records = records(&[(false, 1), (false, 1), (true, 3), (true, 3), (true, 3)]);
    assert_eq!(judge(0, &records, &[]).largest, [2, 3, 4]);
    assert_eq!(
        judge(3, &records, &[]).largest,
        [0, 1],
        "two of each pass: the first record's place goes first"
    );
}

#[test]
fn the_largest_part_is_one_that_an_order_takes() {
    let records = records(&[(true, 0); 230]);
    assert_eq!(judge(0, &records, &[]).largest.len(), LARGEST_SELECTION);
}
