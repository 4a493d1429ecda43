//! The case of the what-if form: parsing and defaults. The server and the browser use the same code.

use chrono::NaiveTime;
use rules::Moment;
use rules::calendar;
use rules::families::camera::{
    Applicant, CameraCase, LeaseFacts, LeaseRole, LicenceFacts, RecordFacts, Request, VehicleFacts, rule,
};
use rules::families::late_fee;
use rules::kernel::RuleId;
use rules::licence::{LicenceState, LicenceStates, Points};
use rules::money::Fen;
use rules::payment::{PaymentChannel, PaymentChannels};
use rules::person::IdentityLevel;
use rules::place::RegionCode;
use rules::plate::PlateNumber;
use rules::set::Coded;
use rules::vehicle::{Relation, VehicleKind, VehicleState, VehicleStates, VehicleUse};
use rules::violation::{Capture, PenaltyKind, RecordStanding, Standing};

/// Regions that stand for the places: one each, and one that is not served.
pub const PLACES: [(&str, &str); 6] = [
    ("530102", "kunming"),
    ("450103", "nanning"),
    ("370102", "shandong"),
    ("500103", "chongqing"),
    ("450203", "national"),
    ("440103", "elsewhere"),
];

/// For each rule a case that it refuses.
const EXAMPLES: &[(RuleId, &str)] = &[
    (rule::PLACE_OPEN, "/what-if?place=440103"),
    (rule::SERVICE_HOURS, "/what-if?place=500103&plate=渝A12345&at=23:00"),
    (rule::BY_DEVICE, "/what-if?capture=officer"),
    (rule::RECORD_OPEN, "/what-if?standing=processed"),
    (rule::NOT_DISPUTED, "/what-if?disputed=yes"),
    (rule::SIMPLE_PROCEDURE, "/what-if?penalty=other"),
    (rule::FINE_LIMIT, "/what-if?fine=500"),
    (rule::RECORD_POINTS, "/what-if?place=450103&plate=桂A12345&points=9"),
    (rule::POINTS_KNOWN, "/what-if?points_known=no"),
    (rule::POINTS_TOTAL, "/what-if?points=3&cycle_points=10"),
    (rule::IDENTITY, "/what-if?place=450103&plate=桂A12345&identity=phone"),
    (rule::LICENCE_BOUND, "/what-if?licence=none"),
    (rule::LICENCE_STATE, "/what-if?place=500103&plate=渝A12345&licence=review-overdue"),
    (rule::FULL_MARKS, "/what-if?place=500103&plate=渝A12345&full_marks=3"),
    (rule::VEHICLE_BOUND, "/what-if?relation=none"),
    (rule::VEHICLE_OWNER, "/what-if?place=370102&plate=鲁A12345&relation=other"),
    (rule::BINDING_BEFORE, "/what-if?place=500103&plate=渝A12345&relation=other&bound=after"),
    (rule::VEHICLE_KIND, "/what-if?place=450103&plate=桂A12345&kind=large"),
    (rule::VEHICLE_USE, "/what-if?place=500103&plate=渝A12345&usage=operating"),
    (rule::VEHICLE_STATE, "/what-if?state=scrapped"),
    (rule::PLATE_AREA, "/what-if?place=450103&plate=云A12345"),
    (rule::LEASE, "/what-if?place=500103&plate=渝A12345&relation=leased&bound=after"),
    (rule::CHANNEL, "/what-if?place=370102&plate=鲁A12345&channel=wechat"),
    (late_fee::RULE, "/what-if/late-fee"),
];

/// Where one's own case is tried: a form whose case the rule refuses or computes at first.
pub fn example_of(rule: RuleId) -> &'static str {
    EXAMPLES.iter().find(|(known, _)| *known == rule).map_or("/what-if", |(_, href)| href)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub place: String,
    pub fine: String,
    pub points: String,
    pub capture: String,
    pub penalty: String,
    pub identity: String,
    pub licence: String,
    pub cycle_points: String,
    pub plate: String,
    pub kind: String,
    pub usage: String,
    pub relation: String,
    pub bound: String,
    /// The hour at which it is asked; empty for now.
    pub at: String,
    pub standing: String,
    pub disputed: String,
    pub full_marks: String,
    pub state: String,
    pub points_known: String,
    /// The one payment channel that has a gateway; empty for those of this site.
    pub channel: String,
}

/// A field that must be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub field: &'static str,
    /// Whether it is none of the choices that the form offers.
    pub choice: bool,
}

fn wrong(field: &'static str) -> Wrong {
    Wrong { field, choice: false }
}

fn code<T: Coded>(field: &'static str, text: &str) -> Result<T, Wrong> {
    T::from_code(text).ok_or(Wrong { field, choice: true })
}

fn points(field: &'static str, text: &str) -> Result<Points, Wrong> {
    text.parse().ok().filter(|points| *points <= 100).map(Points).ok_or_else(|| wrong(field))
}

impl Input {
    /// `given` tells what stands in a field; nothing where there is none.
    pub fn read(given: impl Fn(&str) -> String) -> Self {
        let or = |name: &str, first: &str| {
            let given = given(name);
            if given.trim().is_empty() { first.to_owned() } else { given.trim().to_owned() }
        };
        Self {
            place: or("place", "530102"),
            fine: or("fine", "200"),
            points: or("points", "3"),
            capture: or("capture", "device"),
            penalty: or("penalty", "fine"),
            identity: or("identity", "real-person"),
            licence: or("licence", "normal"),
            cycle_points: or("cycle_points", "0"),
            plate: or("plate", "云A12345"),
            kind: or("kind", "small"),
            usage: or("usage", "non-operating"),
            relation: or("relation", "own"),
            bound: or("bound", "before"),
            at: or("at", ""),
            standing: or("standing", "unprocessed"),
            disputed: or("disputed", "no"),
            full_marks: or("full_marks", "0"),
            state: or("state", "normal"),
            points_known: or("points_known", "yes"),
            channel: or("channel", ""),
        }
    }

    /// Whether a fact that most people leave alone was changed.
    pub fn is_rare(&self) -> bool {
        let rare = |input: &Self| {
            let Self { at, standing, disputed, full_marks, state, points_known, channel, .. } = input.clone();
            [at, standing, disputed, full_marks, state, points_known, channel]
        };
        rare(self) != rare(&Self::read(|_| String::new()))
    }

    /// The case, or everything that must be mended.
    pub fn case(&self, here: Request) -> Result<CameraCase, Vec<Wrong>> {
        let mut errors = Vec::new();
        let now = keep(self.asked_at(here.now), &mut errors).unwrap_or(here.now);
        let channels = keep(self.channels(here.channels), &mut errors).unwrap_or(here.channels);
        let record = self.record(now, &mut errors);
        let applicant = self.applicant(now, &mut errors);
        let vehicle = self.vehicle(now, &mut errors);
        match (record, applicant, vehicle) {
            (Some(record), Some(applicant), Some(vehicle)) if errors.is_empty() => Ok(CameraCase {
                now,
                applicant,
                vehicle,
                selected_points: record.points,
                record,
                dispute_declared: false,
                channels,
            }),
            _ => Err(errors),
        }
    }

    fn channels(&self, here: PaymentChannels) -> Result<PaymentChannels, Wrong> {
        if self.channel.is_empty() {
            return Ok(here);
        }
        code::<PaymentChannel>("channel", &self.channel).map(|channel| [channel].into_iter().collect())
    }

    /// Today at the hour that was given.
    fn asked_at(&self, now: Moment) -> Result<Moment, Wrong> {
        if self.at.is_empty() {
            return Ok(now);
        }
        let hour = NaiveTime::parse_from_str(&self.at, "%H:%M").map_err(|_| wrong("at"))?;
        Ok(calendar::moment(calendar::local(now).date().and_time(hour)))
    }

    fn record(&self, now: Moment, errors: &mut Vec<Wrong>) -> Option<RecordFacts> {
        let region = keep(RegionCode::parse(&self.place).map_err(|_| wrong("place")), errors);
        let capture = keep(code::<Capture>("capture", &self.capture), errors);
        let penalty = keep(code::<PenaltyKind>("penalty", &self.penalty), errors);
        let fine = keep(Fen::parse(&self.fine).map_err(|_| wrong("fine")), errors);
        let points = keep(points("points", &self.points), errors);
        let standing = keep(code::<Standing>("standing", &self.standing), errors);
        let disputed = keep(yes("disputed", &self.disputed), errors);
        let points_known = keep(yes("points_known", &self.points_known), errors);
        Some(RecordFacts {
            region: region?,
            violated_at: now - chrono::TimeDelta::days(5),
            capture: capture?,
            penalty: penalty?,
            fine: fine?,
            points: points?,
            points_known: points_known?,
            state: standing_of(standing?, now),
            disputed: disputed?,
        })
    }

    fn applicant(&self, now: Moment, errors: &mut Vec<Wrong>) -> Option<Applicant> {
        let identity = keep(code::<IdentityLevel>("identity", &self.identity), errors);
        let cycle_points = keep(points("cycle_points", &self.cycle_points), errors)?;
        let full_marks = keep(points("full_marks", &self.full_marks), errors)?.0;
        let licence = if self.licence == "none" {
            None
        } else {
            let state = keep(code::<LicenceState>("licence", &self.licence), errors)?;
            let next_cycle = calendar::local(now).date() + chrono::Days::new(100);
            let states = LicenceStates::EMPTY.with(state);
            Some(LicenceFacts { states, cycle_points, carried_points: Points(0), full_marks, next_cycle })
        };
        Some(Applicant { identity: identity?, licence, held_points: Points(0) })
    }

    fn vehicle(&self, now: Moment, errors: &mut Vec<Wrong>) -> Option<VehicleFacts> {
        let plate = keep(PlateNumber::parse(&self.plate).map_err(|_| wrong("plate")), errors);
        let kind = keep(code::<VehicleKind>("kind", &self.kind), errors);
        let usage = keep(code::<VehicleUse>("usage", &self.usage), errors);
        let state = keep(code::<VehicleState>("state", &self.state), errors);
        let relation = keep(code::<Relation>("relation", &self.relation), errors)?;
        let days = if self.bound == "after" { 1 } else { 30 };
        let since = now - chrono::TimeDelta::days(days);
        let bound = matches!(relation, Relation::Other | Relation::Organisation);
        let lease = LeaseFacts { registered_at: since, from: since, until: now, role: LeaseRole::Lessee };
        Some(VehicleFacts {
            plate: plate?,
            kind: kind?,
            usage: usage?,
            states: VehicleStates::EMPTY.with(state?),
            relation,
            bound_since: bound.then_some(since),
            lease: (relation == Relation::Leased).then_some(lease),
        })
    }
}

fn yes(field: &'static str, text: &str) -> Result<bool, Wrong> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Wrong { field, choice: true }),
    }
}

/// Another order holds the record for two hours more.
fn standing_of(standing: Standing, now: Moment) -> RecordStanding {
    match standing {
        Standing::Unprocessed => RecordStanding::Unprocessed,
        Standing::HeldByThisOrder => RecordStanding::HeldByThisOrder,
        Standing::HeldByOther => {
            RecordStanding::HeldByOther { until: Some(now + chrono::TimeDelta::hours(2)) }
        }
        Standing::Processed => RecordStanding::Processed,
        Standing::ProcessedElsewhere => RecordStanding::ProcessedElsewhere,
    }
}

fn keep<T>(read: Result<T, Wrong>, errors: &mut Vec<Wrong>) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::families::camera::assess;
    use rules::rulebook::Rulebook;

    #[test]
    fn each_rule_has_an_example_that_it_refuses() {
        let rulebook = Rulebook::shipped();
        let now = "2026-11-18T02:00:00Z".parse().expect("a moment");
        let rules = rules::families::rules();
        assert_eq!(rules, EXAMPLES.iter().map(|(rule, _)| *rule).collect::<Vec<_>>());
        let examples = EXAMPLES.iter().filter_map(|(rule, href)| Some((*rule, href.split_once('?')?.1)));
        for (rule, query) in examples {
            let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
            let given = |name: &str| {
                let found = pairs.iter().find(|(field, _)| *field == name);
                found.map(|(_, value)| (*value).to_owned()).unwrap_or_default()
            };
            let case =
                Input::read(given).case(Request { now, channels: PaymentChannels::all() }).expect("a case");
            let refusing: Vec<RuleId> =
                assess(&case, &rulebook).refusals.iter().map(|refusal| refusal.rule).collect();
            assert!(refusing.contains(&rule), "{query}: {refusing:?}");
        }
    }
}
