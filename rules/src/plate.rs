//! Plate numbers by GA 36-2018, ordinary and new-energy ones.

mod prefixes;

use std::fmt;

use crate::set::parsed_text;
use crate::text::half_width;
use prefixes::PREFIXES;

/// What may stand at the end of a special plate.
const SPECIAL: [char; 6] = ['学', '挂', '警', '港', '澳', '领'];
/// Letters that tell a new-energy vehicle's drive.
const ENERGY: &[u8; 10] = b"DABCEFGHJK";

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlateError {
    #[error("must begin with the character of a province")]
    Province,
    #[error("must have the letter of an issuing office after the province")]
    Office,
    #[error("the province has no issuing office with this letter")]
    UnknownOffice,
    #[error("must have five characters after the prefix, or six for a new-energy vehicle")]
    Length,
    #[error("contains a character that plates do not have, such as I or O")]
    Character,
    #[error(
        "must have one of D, A, B, C, E, F, G, H, J, K first, or last after five digits, among six characters"
    )]
    NewEnergy,
    #[error("must have two letters at most among its five characters")]
    Letters,
}

impl PlateError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Province => "plate-province",
            Self::Office => "plate-office",
            Self::UnknownOffice => "plate-unknown-office",
            Self::Length => "plate-length",
            Self::Character => "plate-character",
            Self::NewEnergy => "plate-new-energy",
            Self::Letters => "plate-letters",
        }
    }
}

/// The province's character and the office's letter: `桂A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlatePrefix {
    /// The province's place in the list, times 32, plus the letter's place in the alphabet.
    number: u16,
}

const LETTERS: u16 = 32;

impl PlatePrefix {
    pub fn parse(text: &str) -> Result<Self, PlateError> {
        let mut characters = text.chars();
        let first = characters.next().ok_or(PlateError::Province)?;
        let province = PREFIXES.iter().position(|(known, _)| *known == first).ok_or(PlateError::Province)?;
        let office = characters.next().map(|letter| letter.to_ascii_uppercase());
        let office = office.filter(char::is_ascii_uppercase).ok_or(PlateError::Office)?;
        if characters.next().is_some() {
            return Err(PlateError::Length);
        }
        if !PREFIXES[province].1.contains(office) {
            return Err(PlateError::UnknownOffice);
        }
        let province = u16::try_from(province).expect("there are fewer provinces than that");
        Ok(Self { number: province * LETTERS + (office as u16 - u16::from(b'A')) })
    }

    /// A number of its own for each prefix.
    pub fn number(self) -> i64 {
        i64::from(self.number)
    }

    pub fn from_number(number: i64) -> Option<Self> {
        let number = u16::try_from(number).ok()?;
        let prefix = Self { number };
        let (_, offices) = PREFIXES.get(usize::from(number / LETTERS))?;
        offices.contains(prefix.office()).then_some(prefix)
    }

    fn province(self) -> char {
        PREFIXES[usize::from(self.number / LETTERS)].0
    }

    fn office(self) -> char {
        char::from(b'A' + (self.number % LETTERS) as u8)
    }
}

impl fmt::Display for PlatePrefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.province(), self.office())
    }
}
parsed_text!(PlatePrefix, PlateError);

/// A plate's number without the dot: `桂A12345`, `渝AD12345`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlateNumber {
    prefix: PlatePrefix,
    serial: String,
}

impl PlateNumber {
    /// Accepts `桂A·12345`, `桂A 12345`, lower case and full-width characters.
    pub fn parse(text: &str) -> Result<Self, PlateError> {
        let characters: Vec<char> = text
            .chars()
            .filter(|character| {
                !character.is_whitespace() && !matches!(character, '·' | '•' | '・' | '-' | '.')
            })
            .map(|character| half_width(character).to_ascii_uppercase())
            .collect();
        let prefix: String = characters.iter().take(2).collect();
        let prefix = PlatePrefix::parse(&prefix)?;
        let serial = &characters[2..];
        check_serial(serial)?;
        Ok(Self { prefix, serial: serial.iter().collect() })
    }

    pub fn prefix(&self) -> PlatePrefix {
        self.prefix
    }

    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Six characters after the prefix: a new-energy vehicle.
    pub fn is_new_energy(&self) -> bool {
        self.serial.chars().count() == 6
    }

    /// With the dot, as on the plate: `桂A·12345`.
    pub fn spoken(&self) -> String {
        format!("{}·{}", self.prefix, self.serial)
    }
}

fn check_serial(serial: &[char]) -> Result<(), PlateError> {
    let body = match serial.split_last() {
        Some((last, body)) if SPECIAL.contains(last) && body.len() == 4 => body,
        _ => serial,
    };
    let allowed = |character: &char| {
        character.is_ascii_digit() || (character.is_ascii_uppercase() && !matches!(character, 'I' | 'O'))
    };
    if !body.iter().all(allowed) {
        return Err(PlateError::Character);
    }
    let letters = body.iter().filter(|character| character.is_ascii_uppercase()).count();
    match serial.len() {
        5 if letters <= 2 => Ok(()),
        5 => Err(PlateError::Letters),
        6 if is_new_energy(serial) => Ok(()),
        6 => Err(PlateError::NewEnergy),
        _ => Err(PlateError::Length),
    }
}

fn is_new_energy(serial: &[char]) -> bool {
    let energy = |character: char| u8::try_from(character).is_ok_and(|byte| ENERGY.contains(&byte));
    let digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
    let small = energy(serial[0]) && digits(&serial[2..]);
    let large = digits(&serial[..5]) && energy(serial[5]);
    small || large
}

impl fmt::Display for PlateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.prefix, self.serial)
    }
}
parsed_text!(PlateNumber, PlateError);
