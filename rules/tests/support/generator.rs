//! Made-up cases, the same ones every time: a small generator of its own, so that both targets draw the same numbers.

use chrono::{Days, NaiveDate, TimeDelta};
use rules::Moment;
use rules::families::camera::{
    Applicant, CameraCase, LeaseFacts, LeaseRole, LicenceFacts, RecordFacts, VehicleFacts,
};
use rules::licence::{LicenceState, LicenceStates, Points};
use rules::money::Fen;
use rules::payment::PaymentChannels;
use rules::person::IdentityLevel;
use rules::place::RegionCode;
use rules::plate::PlateNumber;
use rules::set::Coded;
use rules::vehicle::{Relation, VehicleKind, VehicleState, VehicleStates, VehicleUse};
use rules::violation::{Capture, PenaltyKind, RecordStanding};

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    fn points(&mut self, most: u64) -> Points {
        Points(u32::try_from(self.below(most + 1)).unwrap())
    }

    fn of<T: Coded>(&mut self) -> T {
        T::ALL[usize::try_from(self.below(T::ALL.len() as u64)).unwrap()]
    }

    /// Mostly the first of the list.
    fn mostly<T: Coded>(&mut self, usual: T) -> T {
        if self.one_in(6) { self.of() } else { usual }
    }

    fn text(&mut self, texts: &[&str]) -> String {
        texts[usize::try_from(self.below(texts.len() as u64)).unwrap()].to_owned()
    }

    fn moment(&mut self) -> Moment {
        let seconds = 1_577_836_800 + i64::try_from(self.below(8 * 365 * 86_400)).unwrap();
        Moment::from_timestamp(seconds, 0).unwrap()
    }

    fn hours(&mut self, most: u64) -> TimeDelta {
        TimeDelta::hours(i64::try_from(self.below(most)).unwrap())
    }
}

pub fn cases(count: usize) -> impl Iterator<Item = CameraCase> {
    let mut chance = Chance(20_261_118);
    (0..count).map(move |_| case(&mut chance))
}

fn case(chance: &mut Chance) -> CameraCase {
    let now = chance.moment();
    let record = record(chance, now);
    let selected_points = record.points + chance.points(6);
    CameraCase {
        now,
        applicant: applicant(chance, now),
        vehicle: vehicle(chance, now),
        record,
        selected_points,
        dispute_declared: chance.one_in(20),
        channels: if chance.one_in(2) { PaymentChannels::all() } else { [chance.of()].into_iter().collect() },
    }
}

fn applicant(chance: &mut Chance, now: Moment) -> Applicant {
    let today = rules::calendar::local(now).date();
    let licence = (!chance.one_in(10)).then(|| {
        let mut states = LicenceStates::EMPTY.with(LicenceState::Normal);
        if chance.one_in(6) {
            states = states.with(chance.of());
        }
        let next_cycle: NaiveDate = today + Days::new(1 + chance.below(365));
        let cycle_points = chance.points(12);
        let carried_points = if chance.one_in(4) { chance.points(cycle_points.0.into()) } else { Points(0) };
        LicenceFacts { states, cycle_points, carried_points, full_marks: chance.points(4).0, next_cycle }
    });
    let identity = chance.mostly(IdentityLevel::RealPerson);
    Applicant { identity, licence, held_points: if chance.one_in(3) { chance.points(6) } else { Points(0) } }
}

fn vehicle(chance: &mut Chance, now: Moment) -> VehicleFacts {
    let relation = if chance.one_in(2) { Relation::Own } else { chance.of::<Relation>() };
    let bound = matches!(relation, Relation::Other | Relation::Organisation) && !chance.one_in(10);
    let from = now - chance.hours(2_000);
    let lease = LeaseFacts {
        registered_at: from - chance.hours(3) + chance.hours(3),
        from,
        until: from + chance.hours(1_000),
        role: chance.mostly(LeaseRole::Lessee),
    };
    let plate = chance.text(&["桂A12345", "桂B12345", "云A12345", "渝AD12345", "鲁B1234A", "粤B12345D"]);
    VehicleFacts {
        plate: PlateNumber::parse(&plate).unwrap(),
        kind: chance.mostly(VehicleKind::Small),
        usage: chance.mostly(VehicleUse::NonOperating),
        states: VehicleStates::EMPTY.with(chance.mostly(VehicleState::Normal)),
        relation,
        bound_since: bound.then(|| now - chance.hours(3_000)),
        lease: (relation == Relation::Leased && !chance.one_in(10)).then_some(lease),
    }
}

fn record(chance: &mut Chance, now: Moment) -> RecordFacts {
    let region =
        chance.text(&["530102", "532901", "450103", "450203", "370102", "500103", "500103", "440103"]);
    let state = match chance.below(12) {
        0 => RecordStanding::Processed,
        1 => RecordStanding::ProcessedElsewhere,
        2 => RecordStanding::HeldByOther { until: (!chance.one_in(3)).then(|| now + chance.hours(5)) },
        3 => RecordStanding::HeldByThisOrder,
        _ => RecordStanding::Unprocessed,
    };
    let fine = [0, 5_000, 10_000, 19_999, 20_000, 20_001, 50_000][usize::try_from(chance.below(7)).unwrap()];
    RecordFacts {
        region: RegionCode::parse(&region).unwrap(),
        violated_at: now - chance.hours(2_000),
        capture: chance.mostly(Capture::Device),
        penalty: chance.mostly(PenaltyKind::Fine),
        fine: Fen::new(fine),
        points: chance.points(12),
        points_known: !chance.one_in(20),
        state,
        disputed: chance.one_in(15),
    }
}
