//! Several records at once: each judged alone, the points over the whole selection, and the most that would pass.

use serde::{Deserialize, Serialize};

use super::{Applicant, RecordFacts, VehicleFacts, View, judge};
use crate::Moment;
use crate::calendar;
use crate::licence::Points;
use crate::money::Fen;
use crate::parameters::Parameter;
use crate::rule::{RuleId, Values};
use crate::rulebook::{CameraParameters, Rulebook};
use crate::verdict::Verdict;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// One verdict per chosen record, in the order in which they were chosen.
    pub verdicts: Vec<Verdict>,
    pub fine: Fen,
    /// Points of the chosen records.
    pub points: Points,
    /// What the cycle would stand at: points of the cycle, points held, and these.
    pub points_after: Points,
    /// The most records, of all that were given, that would pass together: indices, ascending.
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
    now: Moment,
    applicant: &Applicant,
    vehicle: &VehicleFacts,
    records: &[RecordFacts],
    chosen: &[usize],
    rulebook: &Rulebook,
) -> Selection {
    let day = calendar::local(now).date();
    let mut resolved: Vec<CameraParameters> = Vec::new();
    let of: Vec<usize> = records
        .iter()
        .map(|record| {
            let place = rulebook.place_of(&record.region).map(|place| &place.id);
            let known = resolved.iter().position(|parameters| parameters.place.as_ref() == place);
            known.unwrap_or_else(|| {
                resolved.push(rulebook.camera_parameters(place, day));
                resolved.len() - 1
            })
        })
        .collect();
    assess_selection_with(now, applicant, vehicle, records, chosen, |index| &resolved[of[index]])
}

/// The same with parameters resolved before: `parameters` gives those of the record's place.
pub fn assess_selection_with<'a>(
    now: Moment,
    applicant: &Applicant,
    vehicle: &VehicleFacts,
    records: &[RecordFacts],
    chosen: &[usize],
    parameters: impl Fn(usize) -> &'a CameraParameters,
) -> Selection {
    let points = chosen.iter().map(|index| records[*index].points).sum();
    let judged = |index: usize, selected_points| {
        let record = &records[index];
        let case = View { now, applicant, vehicle, record, selected_points, dispute_declared: false };
        judge::assess_view(&case, parameters(index))
    };
    let before =
        applicant.licence.as_ref().map_or(Points(0), |licence| licence.cycle_points) + applicant.held_points;
    let limit = |index| parameters(index).number(Parameter::PointsLimit).unwrap_or(i64::MAX);
    Selection {
        verdicts: chosen.iter().map(|index| judged(*index, points)).collect(),
        fine: chosen.iter().map(|index| records[*index].fine).sum(),
        points,
        points_after: before + points,
        largest: largest(records, before, |index| judged(index, records[index].points), limit),
    }
}

/// Alone each record must pass; together only the points bind. Taking the fewest points first gives the most
/// records, so no search is needed. Among equals the older violation goes first.
fn largest(
    records: &[RecordFacts],
    before: Points,
    alone: impl Fn(usize) -> Verdict,
    limit: impl Fn(usize) -> i64,
) -> Vec<usize> {
    let others =
        |verdict: &Verdict| verdict.refusals.iter().all(|refusal| refusal.rule == RuleId::PointsTotal);
    let mut candidates: Vec<usize> = (0..records.len()).filter(|index| others(&alone(*index))).collect();
    candidates.sort_by_key(|index| (records[*index].points, records[*index].violated_at, *index));
    let mut total = before;
    let mut lowest = i64::MAX;
    let mut taken = Vec::new();
    for index in candidates {
        let with = total + records[index].points;
        let bound = lowest.min(limit(index));
        if i64::from(with.0) < bound {
            (total, lowest) = (with, bound);
            taken.push(index);
        }
    }
    taken.sort_unstable();
    taken
}
