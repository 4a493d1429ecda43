//! The named people of the demo: together they show every rule on camera records that a page of one's own vehicles can
//! show, each with a way that works beside it where there is one. The unnamed ones are in `population`.

mod chongqing;
mod elsewhere;

use chrono::NaiveDate;
use rules::person::{IdNumber, IdentityLevel, Phone};

use super::teller::{Teller, demo_phone};
use crate::feed::fact::Fact;

/// Everybody's password.
pub const PASSWORD: &str = "lutong-demo";

/// A person to sign in as.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    pub key: &'static str,
    pub name: &'static str,
    pub phone: Phone,
    pub id_number: IdNumber,
    pub password: &'static str,
    pub identity: IdentityLevel,
    pub situation_zh: &'static str,
    pub situation_en: &'static str,
    /// Rules that refuse some record of theirs by day, in catalogue order. Chongqing's closed hours come on top.
    pub refused_by: &'static [&'static str],
}

/// How a person is introduced; phone and numbers follow from the place in the list.
struct Introduction {
    key: &'static str,
    name: &'static str,
    identity: IdentityLevel,
    situation: (&'static str, &'static str),
    refused_by: &'static [&'static str],
    tell: fn(&mut Teller, &str) -> IdNumber,
}

/// The people and everything the registry knows of them on the day.
pub fn people(today: NaiveDate) -> (Vec<DemoPerson>, Vec<Fact>) {
    let mut teller = Teller::new(today);
    let introductions = elsewhere::PEOPLE.iter().chain(chongqing::PEOPLE);
    let people = introductions.zip(1..).map(|(introduction, place)| {
        let phone = demo_phone(138, place);
        teller.introduce(&phone);
        DemoPerson {
            key: introduction.key,
            name: introduction.name,
            phone,
            id_number: (introduction.tell)(&mut teller, introduction.name),
            password: PASSWORD,
            identity: introduction.identity,
            situation_zh: introduction.situation.0,
            situation_en: introduction.situation.1,
            refused_by: introduction.refused_by,
        }
    });
    let people = people.collect();
    (people, teller.facts)
}
