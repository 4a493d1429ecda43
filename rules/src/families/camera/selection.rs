//! Several records at once: each judged alone, the points over the whole selection, and the most that would pass.

use serde::{Deserialize, Serialize};

use super::{Applicant, CameraParameters, RecordFacts, Request, VehicleFacts, View, rule};
use crate::calendar;
use crate::kernel::Verdict;
use crate::licence::Points;
use crate::money::Fen;
use crate::rulebook::Rulebook;

/// Upper bound on the records in one selection.
pub const LARGEST_SELECTION: usize = 200;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// One verdict per chosen record, in the order in which they were chosen.
    pub verdicts: Vec<Verdict>,
    pub fine: Fen,
    /// Points of the chosen records.
    pub points: Points,
    /// What the cycle would stand at: points of the cycle, points held, and these.
    pub points_after: Points,
    /// The most records of one place, of all that were given, that would pass together: indices, ascending.
    pub largest: Vec<usize>,
}

impl Selection {
    /// Whether something was chosen and all of it passes.
    pub fn passes(&self) -> bool {
        !self.verdicts.is_empty() && self.verdicts.iter().all(Verdict::passes)
    }
}

/// Judges the chosen ones among the records; each by the rules of its own place.
pub fn assess_selection(
    request: Request,
    applicant: &Applicant,
    vehicle: &VehicleFacts,
    records: &[RecordFacts],
    chosen: &[usize],
    rulebook: &Rulebook,
) -> Selection {
    assess_selection_by(request, applicant, |_| vehicle, records, chosen, rulebook)
}

/// The same where the person stands to the vehicle otherwise for each record: a lease counts for its term.
pub fn assess_selection_by<'a>(
    request: Request,
    applicant: &Applicant,
    vehicle: impl Fn(usize) -> &'a VehicleFacts,
    records: &[RecordFacts],
    chosen: &[usize],
    rulebook: &Rulebook,
) -> Selection {
    let day = calendar::local(request.now).date();
    let mut resolved: Vec<CameraParameters> = Vec::new();
    let of: Vec<usize> = records
        .iter()
        .map(|record| {
            let place = rulebook.place_of(&record.region).map(|place| &place.id);
            let known = resolved.iter().position(|parameters| parameters.place.as_ref() == place);
            known.unwrap_or_else(|| {
                resolved.push(rulebook.parameters(place, day));
                resolved.len() - 1
            })
        })
        .collect();
    assess_selection_with(request, applicant, vehicle, records, chosen, |index| &resolved[of[index]])
}

/// The same with parameters resolved before: `parameters` gives those of the record's place.
pub fn assess_selection_with<'a, 'b>(
    request: Request,
    applicant: &Applicant,
    vehicle: impl Fn(usize) -> &'a VehicleFacts,
    records: &[RecordFacts],
    chosen: &[usize],
    parameters: impl Fn(usize) -> &'b CameraParameters,
) -> Selection {
    let points = chosen.iter().map(|index| records[*index].points).sum();
    let judged = |index: usize, selected_points| {
        let (vehicle, record) = (vehicle(index), &records[index]);
        let case = View { request, applicant, vehicle, record, selected_points, dispute_declared: false };
        case.assess(parameters(index))
    };
    let before =
        applicant.licence.as_ref().map_or(Points(0), |licence| licence.cycle_points) + applicant.held_points;
    let alone = |index: usize| judged(index, records[index].points);
    let fits =
        |index: &usize| alone(*index).refusals.iter().all(|refusal| refusal.rule == rule::POINTS_TOTAL);
    let candidates: Vec<usize> = (0..records.len()).filter(fits).collect();
    Selection {
        verdicts: chosen.iter().map(|index| judged(*index, points)).collect(),
        fine: chosen.iter().map(|index| records[*index].fine).sum(),
        points,
        points_after: before + points,
        largest: largest(records, before, &candidates, &parameters),
    }
}

/// An order is of one place: the most that pass at one of them. Among equal ones that of the first record.
fn largest<'b>(
    records: &[RecordFacts],
    before: Points,
    candidates: &[usize],
    parameters: impl Fn(usize) -> &'b CameraParameters,
) -> Vec<usize> {
    let mut places: Vec<(&'b CameraParameters, Vec<usize>)> = Vec::new();
    for index in candidates {
        let here = parameters(*index);
        match places.iter_mut().find(|(known, _)| known.place == here.place) {
            Some((_, of_place)) => of_place.push(*index),
            None => places.push((here, vec![*index])),
        }
    }
    let most = places.into_iter().map(|(parameters, of_place)| {
        most_of_one_place(records, before, of_place, parameters.points_limit())
    });
    most.reduce(|best, other| if other.len() > best.len() { other } else { best }).unwrap_or_default()
}

/// Each passes alone but for the points; together only they bind, and the limit is one. Taking the fewest points first
/// gives the most records, so no search is needed. Among equals the older violation goes first.
fn most_of_one_place(
    records: &[RecordFacts],
    before: Points,
    mut candidates: Vec<usize>,
    limit: i64,
) -> Vec<usize> {
    candidates.sort_by_key(|index| (records[*index].points, records[*index].violated_at, *index));
    let mut total = before;
    let mut taken = Vec::new();
    for index in candidates.into_iter().take(LARGEST_SELECTION) {
        total = total + records[index].points;
        if i64::from(total.0) >= limit {
            break;
        }
        taken.push(index);
    }
    taken.sort_unstable();
    taken
}
