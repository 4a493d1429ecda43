//! The unnamed people of the demo registry. Household N follows from the seed, the day and N alone, so that any number
//! of them is written one at a time; it does not remember any.

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rules::licence::{LicenceClass, LicenceState};
use rules::person::{CreditCode, IdNumber, LicenceFileNumber};
use rules::place::RegionCode;
use rules::plate::PlateNumber;
use rules::vehicle::{VehicleKind, VehicleState, VehicleUse};
use rules::violation::{self, Capture, PenaltyKind, ViolationCode};
use rules::{Moment, calendar};

use super::names::{CITIES, City, GIVEN, SURNAMES};
use super::picture::PICTURES;
use super::shapes::{CODES, HOURS, TICKETS, WEEKDAYS, pick};
use crate::feed::fact::{
    Binding, CameraRecord, Fact, Lease, LeaseDriver, Licence, Organisation, Owner, Person, PointsOfRecord,
    RegistryState, Vehicle,
};

/// Days of birth in use: people of 22 to 63.
const BIRTHDAYS: u64 = 15_000;
/// Records reach back so many days.
const REACH: u64 = 400;

pub struct Population {
    pub seed: u64,
    pub today: NaiveDate,
}

/// What household N is made of, before it is told as facts.
struct Household {
    number: u64,
    rng: StdRng,
    city: &'static City,
    id_number: IdNumber,
    vehicles: u64,
}

impl Population {
    fn household(&self, number: u64) -> Household {
        let mut rng = StdRng::seed_from_u64(self.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let city = &CITIES[pick(&mut rng, CITIES.iter().map(|city| city.weight))];
        let region = city.regions[rng.random_range(0..city.regions.len())];
        // Different for each number below 13.5 million; 900 and more of a day are the named people's.
        let birthday = NaiveDate::from_ymd_opt(1962, 1, 1).expect("a day")
            + Days::new(number.wrapping_mul(7_919) % BIRTHDAYS);
        let order = number / BIRTHDAYS % 900;
        let body = format!("{region}{}{order:03}", birthday.format("%Y%m%d"));
        let vehicles = [0, 1, 1, 1, 1, 1, 2, 2][rng.random_range(0..8)];
        let id_number = IdNumber::of_body(&body).expect("region, birthday and order make a number");
        Household { number, rng, city, id_number, vehicles }
    }

    /// All facts of household N. It may name a vehicle of the household before it.
    pub fn facts(&self, number: u64) -> Vec<Fact> {
        let mut household = self.household(number);
        let (name, id_number) = (household.name(), household.id_number.clone());
        let mut facts = vec![Fact::Person(Person { name, id_number, phone: None })];
        let organisation = number.is_multiple_of(50).then(|| organisation(number));
        facts.extend(organisation.clone().map(Fact::Organisation));
        let mut points = Vec::new();
        for place in 0..household.vehicles {
            // The registry tells the day of some owners; all records are later.
            let vehicle = Vehicle {
                owner_since: number.is_multiple_of(3).then(|| calendar::day_begins(self.day(REACH + 100))),
                ..household.vehicle(place, organisation.as_ref())
            };
            self.records(&mut household, &vehicle, &mut facts, &mut points);
            if matches!(vehicle.owner, Owner::Organisation(_)) {
                facts.push(Fact::Lease(self.lease(&household, &vehicle)));
            }
            facts.push(Fact::Vehicle(vehicle));
        }
        if household.rng.random_ratio(9, 10) || household.vehicles > 0 {
            facts.push(Fact::Licence(self.licence(&mut household, points)));
        }
        if number > 0 && household.rng.random_ratio(1, 20) && self.household(number - 1).vehicles > 0 {
            let begins = self.day(household.rng.random_range(10..REACH));
            facts.push(Fact::Binding(Binding {
                id: format!("B{number}"),
                id_number: household.id_number.clone(),
                vehicle: vehicle_id(number - 1, 0),
                since: calendar::day_begins(begins) + TimeDelta::hours(10),
                until: None,
            }));
        }
        facts
    }

    fn day(&self, ago: u64) -> NaiveDate {
        self.today - Days::new(ago)
    }

    /// The moment of a violation: weekday and hour as they are spread in life.
    fn moment(&self, rng: &mut StdRng) -> Moment {
        let week = self.day(rng.random_range(1..REACH));
        let weekday = pick(rng, WEEKDAYS.into_iter());
        let monday = week - Days::new(u64::from(week.weekday().num_days_from_monday()));
        let day = (monday + Days::new(weekday as u64)).min(self.day(1));
        let minute = pick(rng, HOURS.into_iter()) * 60 + rng.random_range(0..60);
        calendar::day_begins(day) + TimeDelta::minutes(i64::try_from(minute).unwrap_or_default())
    }

    fn records(
        &self,
        household: &mut Household,
        vehicle: &Vehicle,
        facts: &mut Vec<Fact>,
        points: &mut Vec<PointsOfRecord>,
    ) {
        // Two in five vehicles have no record at all.
        if household.rng.random_ratio(2, 5) {
            return;
        }
        let records = pick(&mut household.rng, TICKETS.into_iter()) + 1;
        for place in 0..records {
            let record = self.record(household, vehicle, place);
            let on = calendar::local(record.violated_at).date();
            let sum: i64 = points.iter().map(|entry| entry.points).sum();
            let processed = record.state == RegistryState::ProcessedElsewhere;
            if processed && record.points > 0 && sum + record.points < 12 {
                let fine_paid = household.rng.random_ratio(19, 20);
                points.push(PointsOfRecord { id: record.id.clone(), on, points: record.points, fine_paid });
            }
            facts.push(Fact::CameraRecord(record));
        }
    }

    fn record(&self, household: &mut Household, vehicle: &Vehicle, place: usize) -> CameraRecord {
        let violated_at = self.moment(&mut household.rng);
        let rng = &mut household.rng;
        // One in eight happens in another city.
        let away = rng.random_ratio(1, 8).then(|| &CITIES[rng.random_range(0..CITIES.len())]);
        let city = away.unwrap_or(household.city);
        let region = city.regions[rng.random_range(0..city.regions.len())];
        let (from, to) = (rng.random_range(0..city.streets.len()), rng.random_range(0..city.streets.len()));
        let location = if from == to {
            format!("{}{}号路段", city.streets[from], rng.random_range(1..400))
        } else {
            format!("{}与{}路口", city.streets[from], city.streets[to])
        };
        let code = ViolationCode::parse(CODES[pick(rng, CODES.iter().map(|(_, weight)| *weight))].0);
        let evidence = rng.random_ratio(1, 3).then(|| PICTURES[rng.random_range(0..PICTURES.len())].0.into());
        let record = camera_record(&code.expect("the shapes name codes"), region, violated_at);
        let state = if rng.random_ratio(2, 5) {
            RegistryState::ProcessedElsewhere
        } else {
            RegistryState::Unprocessed
        };
        CameraRecord {
            id: format!("{}{place:02}", vehicle.id),
            vehicle: vehicle.id.clone(),
            location,
            evidence,
            state,
            disputed: state == RegistryState::Unprocessed && rng.random_ratio(1, 50),
            capture: if rng.random_ratio(1, 40) { Capture::Officer } else { Capture::Device },
            ..record
        }
    }

    fn licence(&self, household: &mut Household, points: Vec<PointsOfRecord>) -> Licence {
        // From eighteen years of age.
        let grown = (self.today - household.id_number.birth()).num_days() - 18 * 366;
        let most = u64::try_from(grown).unwrap_or_default().clamp(701, 7_000);
        let first_issued = self.day(household.rng.random_range(700..most));
        let class = if household.rng.random_ratio(1, 10) { LicenceClass::B2 } else { LicenceClass::C1 };
        let state = match household.rng.random_range(0..40) {
            0 => LicenceState::ReviewOverdue,
            1 => LicenceState::RenewalOverdue,
            2 => LicenceState::Suspended,
            _ => LicenceState::Normal,
        };
        let file = format!("{}{:08}", &household.id_number.as_str()[..4], household.number % 90_000_000);
        Licence {
            id_number: household.id_number.clone(),
            file_number: LicenceFileNumber::parse(&file).expect("four digits and eight"),
            classes: [class].into_iter().collect(),
            states: [state].into_iter().collect(),
            first_issued,
            valid_until: Some(self.today + Days::new(household.rng.random_range(30..3_000))),
            full_marks: Vec::new(),
            points,
        }
    }

    fn lease(&self, household: &Household, vehicle: &Vehicle) -> Lease {
        let begins = calendar::day_begins(self.day(60));
        Lease {
            id: format!("L{}", household.number),
            vehicle: vehicle.id.clone(),
            registered_at: begins - TimeDelta::hours(6),
            from: begins,
            until: begins + TimeDelta::days(90),
            drivers: vec![LeaseDriver {
                id_number: household.id_number.clone(),
                role: rules::families::camera::LeaseRole::Lessee,
            }],
        }
    }
}

impl Household {
    fn name(&mut self) -> String {
        let rng = &mut self.rng;
        // The smaller of two draws: common surnames come more often.
        let surname = rng.random_range(0..SURNAMES.len()).min(rng.random_range(0..SURNAMES.len()));
        let mut name = SURNAMES[surname].to_owned();
        for _ in 0..rng.random_range(1..=2) {
            name.push_str(GIVEN[rng.random_range(0..GIVEN.len())]);
        }
        name
    }

    fn vehicle(&mut self, place: u64, organisation: Option<&Organisation>) -> Vehicle {
        let rng = &mut self.rng;
        let kind = match rng.random_range(0..20) {
            0 => VehicleKind::Large,
            1 => VehicleKind::Medium,
            2 => VehicleKind::Motorcycle,
            _ => VehicleKind::Small,
        };
        let state = match rng.random_range(0..60) {
            0 => VehicleState::Scrapped,
            1 => VehicleState::TransferredOut,
            2 => VehicleState::Cancelled,
            _ => VehicleState::Normal,
        };
        let prefix = self.city.prefixes[rng.random_range(0..self.city.prefixes.len())];
        let electric = kind == VehicleKind::Small && rng.random_ratio(1, 8);
        let operating = rng.random_ratio(1, 25);
        let (owner, usage) = match organisation {
            Some(known) => (Owner::Organisation(known.credit_code.clone()), VehicleUse::Rental),
            None if operating => (Owner::Person(self.id_number.clone()), VehicleUse::Operating),
            None => (Owner::Person(self.id_number.clone()), VehicleUse::NonOperating),
        };
        let plate = format!("{prefix}{}", serial(self.number * 2 + place, electric));
        Vehicle {
            id: vehicle_id(self.number, place),
            plate: PlateNumber::parse(&plate).expect("the serial fits the standard"),
            kind,
            usage,
            states: [state].into_iter().collect(),
            owner,
            owner_since: None,
        }
    }
}

/// A record with what the table of codes says of it under the law of the day.
pub fn camera_record(code: &ViolationCode, region: &str, violated_at: Moment) -> CameraRecord {
    let on = calendar::local(violated_at).date();
    let known = violation::find(code).expect("the demo uses codes of the table");
    CameraRecord {
        id: String::new(),
        vehicle: String::new(),
        code: code.clone(),
        location: String::new(),
        region: RegionCode::parse(region).expect("the demo names regions of the standard"),
        violated_at,
        capture: Capture::Device,
        penalty: if known.fine.fen() == 0 { PenaltyKind::Warning } else { PenaltyKind::Fine },
        fine: known.fine,
        points: known.points_on(on).0.into(),
        evidence: None,
        state: RegistryState::Unprocessed,
        disputed: false,
    }
}

fn organisation(number: u64) -> Organisation {
    let body = format!("91{:06}MA{:07}", 500_103, number % 10_000_000);
    Organisation {
        credit_code: CreditCode::of_body(&body).expect("digits and the letters M and A"),
        name: format!("平安汽车租赁第{}分公司", number / 50 + 1),
    }
}

fn vehicle_id(number: u64, place: u64) -> String {
    format!("{:012}", number * 2 + place + 100_000_000_000)
}

/// The characters after the prefix, different for each of 1.2 million numbers, of a million for electric ones.
fn serial(number: u64, electric: bool) -> String {
    const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let shuffled = number.wrapping_mul(48_271) % 1_000_003;
    let letter = |index: u64| char::from(LETTERS[usize::try_from(index % 24).unwrap_or_default()]);
    if electric {
        return format!("D{:05}", shuffled % 100_000);
    }
    let digits = format!("{:04}", shuffled % 10_000);
    let (before, after) = digits.split_at(usize::try_from(shuffled / 240_000).unwrap_or_default());
    format!("{before}{}{after}", letter(shuffled / 10_000))
}
