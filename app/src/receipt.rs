//! The signed text of a receipt: how it is written, read and verified. The same code runs on the server and in the
//! browser, and the text holds every fact that the receipt's page shows.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

/// The first line of the text: its version.
pub const VERSION: &str = "lutong-receipt-2";
const FIRST_VERSION: &str = "lutong-receipt-1";
/// The line below the text when both are copied together.
const SIGNATURE: &str = "signature ";

/// A public key that receipts are or were signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedKey {
    pub id: String,
    /// Ed25519, base64.
    pub public_key: String,
    /// The days on which it signed; the first is unknown for a key of an early version.
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
}

/// The result of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Signed with a published key within the key's time, and unchanged since.
    Genuine,
    /// Names a published key whose signature does not fit the text.
    Altered,
    /// Names a key that is not published.
    Foreign,
    /// Signed with a published key, with a time of issue outside of the key's time.
    OutOfTime,
    /// No receipt, or no signature.
    Unreadable,
}

impl Outcome {
    pub const ALL: [Self; 5] =
        [Self::Genuine, Self::Altered, Self::Foreign, Self::OutOfTime, Self::Unreadable];

    /// As the text keys name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::Altered => "altered",
            Self::Foreign => "foreign",
            Self::OutOfTime => "out-of-time",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Builds the text: one fact a line, its name first.
pub struct Writer(String);

impl Writer {
    pub fn new() -> Self {
        Self(format!("{VERSION}\n"))
    }

    /// Adds a line. Characters that would end it become spaces.
    #[must_use]
    pub fn line(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.0.push_str(name);
        self.0.push(' ');
        let value = value.to_string();
        self.0.extend(value.chars().map(|character| if character.is_control() { ' ' } else { character }));
        self.0.push('\n');
        self
    }

    pub fn text(self) -> String {
        self.0
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

/// Name and value of each line after the version.
pub fn lines(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().skip(1).filter_map(|line| line.split_once(' '));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The signed text with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub text: String,
    /// Ed25519, base64.
    pub signature: String,
}

impl Proof {
    /// Reads what somebody pasted: the text with the signature below it, or a link with the proof in its fragment.
    pub fn parse(pasted: &str) -> Option<Self> {
        let pasted = pasted.trim();
        if !pasted.contains('\n') {
            let fragment = pasted.rsplit_once('#').map_or(pasted, |(_, fragment)| fragment);
            return Self::from_fragment(fragment);
        }
        let (text, signature) = pasted.rsplit_once('\n')?;
        let signature = signature.trim();
        let signature = signature.strip_prefix(SIGNATURE).unwrap_or(signature).trim();
        let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        Some(Self { text, signature: signature.to_owned() })
    }

    /// Text and signature as one block for copying.
    pub fn block(&self) -> String {
        format!("{}{SIGNATURE}{}", self.text, self.signature)
    }

    /// The proof as the fragment of an address, without the `#`. Browsers send no fragment to any server.
    pub fn fragment(&self) -> Option<String> {
        let mut bytes = STANDARD.decode(&self.signature).ok().filter(|bytes| bytes.len() == 64)?;
        bytes.extend_from_slice(self.text.as_bytes());
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn from_fragment(fragment: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(fragment).ok()?;
        let (signature, text) = bytes.split_at_checked(64)?;
        let text = std::str::from_utf8(text).ok()?.to_owned();
        Some(Self { text, signature: STANDARD.encode(signature) })
    }

    pub fn verify(&self, keys: &[PublishedKey]) -> Outcome {
        let first_line = self.text.lines().next().unwrap_or_default();
        let lines = lines(&self.text);
        let value = |name: &str| lines.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let (Some(signature), Some(named)) = (self.signature(), value("key")) else {
            return Outcome::Unreadable;
        };
        // The first version named the public key itself.
        let known = match first_line {
            VERSION => keys.iter().find(|key| key.id == *named),
            FIRST_VERSION => keys.iter().find(|key| key.public_key == *named),
            _ => return Outcome::Unreadable,
        };
        let Some(known) = known else { return Outcome::Foreign };
        let fits =
            known.verifying().is_some_and(|key| key.verify_strict(self.text.as_bytes(), &signature).is_ok());
        match fits {
            false => Outcome::Altered,
            true if value("issued").is_some_and(|issued| known.signed_on(issued)) => Outcome::Genuine,
            true => Outcome::OutOfTime,
        }
    }

    fn signature(&self) -> Option<Signature> {
        Signature::from_slice(&STANDARD.decode(&self.signature).ok()?).ok()
    }
}

impl PublishedKey {
    fn verifying(&self) -> Option<VerifyingKey> {
        let bytes: [u8; 32] = STANDARD.decode(&self.public_key).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok()
    }

    fn signed_on(&self, issued: &str) -> bool {
        let Ok(issued) = DateTime::parse_from_rfc3339(issued) else { return false };
        let day = rules::calendar::local(issued.to_utc()).date();
        self.first_day.is_none_or(|first| first <= day) && self.last_day.is_none_or(|last| day <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    fn key(secret: u8, id: &str) -> (SigningKey, PublishedKey) {
        let signing = SigningKey::from_bytes(&[secret; 32]);
        let public_key = STANDARD.encode(signing.verifying_key().as_bytes());
        let first_day = NaiveDate::from_ymd_opt(2026, 1, 1);
        (signing, PublishedKey { id: id.into(), public_key, first_day, last_day: None })
    }

    fn signed(secret: u8, text: String) -> Proof {
        let signature = STANDARD.encode(key(secret, "").0.sign(text.as_bytes()).to_bytes());
        Proof { text, signature }
    }

    fn proof(secret: u8) -> Proof {
        let text = Writer::new()
            .line("receipt", "R1")
            .line("payer", "李*")
            .line("decision", "1-01\nissued 2020-01-01T00:00:00+08:00")
            .line("issued", "2026-11-18T10:00:00+08:00")
            .line("key", "r1");
        signed(secret, text.text())
    }

    #[test]
    fn a_receipt_is_genuine_only_with_a_published_key_and_unchanged() {
        let keys = [key(7, "r1").1, key(8, "r2").1];
        let proof = proof(7);
        assert_eq!(proof.verify(&keys), Outcome::Genuine);
        assert_eq!(proof.verify(&keys[1..]), Outcome::Foreign);
        let foreign = key(9, "r1").1;
        assert_eq!(proof.verify(&[foreign]), Outcome::Altered, "another key under the same ID");
        for (from, to) in [("R1", "R2"), ("李", "王"), ("10:00", "11:00"), ("key r1", "key r2")] {
            let altered = Proof { text: proof.text.replace(from, to), ..proof.clone() };
            assert_eq!(altered.verify(&keys), Outcome::Altered, "{from}");
        }
        let unsigned = Proof { signature: "nonsense".into(), ..proof.clone() };
        assert_eq!(unsigned.verify(&keys), Outcome::Unreadable);
    }

    #[test]
    fn a_key_proves_nothing_outside_of_its_time() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let known = key(7, "r1").1;
        for (first_day, last_day, outcome) in [
            ("2026-11-18", "2026-11-18", Outcome::Genuine),
            ("2026-11-19", "2026-12-31", Outcome::OutOfTime),
            ("2026-01-01", "2026-11-17", Outcome::OutOfTime),
        ] {
            let limited =
                PublishedKey { first_day: day(first_day), last_day: day(last_day), ..known.clone() };
            assert_eq!(proof(7).verify(&[limited]), outcome, "{first_day}");
        }
    }

    #[test]
    fn a_receipt_of_the_first_version_still_verifies() {
        let (_, known) = key(7, "r1");
        let text = format!(
            "lutong-receipt-1\nreceipt R1\norder 1\nplace kunming\nplate 云A12345\npayer *明\namount 200.00 CNY\npoints 3\n\
             issued 2026-11-18T02:00:00Z\nkey {}\n",
            known.public_key
        );
        let proof = signed(7, text.clone());
        assert_eq!(proof.verify(std::slice::from_ref(&known)), Outcome::Genuine);
        assert_eq!(signed(8, text.clone()).verify(std::slice::from_ref(&known)), Outcome::Altered);
        let made_at_home = text.replace(&known.public_key, &key(8, "").1.public_key);
        assert_eq!(signed(8, made_at_home).verify(&[known]), Outcome::Foreign);
    }

    #[test]
    fn a_proof_survives_pasting_and_the_fragment_of_a_link() {
        let proof = proof(7);
        let fragment = proof.fragment().unwrap();
        for pasted in [
            proof.block(),
            format!("\r\n  {}\r\n\r\n", proof.block().replace('\n', "\r\n")),
            format!("{}\n{}", proof.text, proof.signature),
            format!("https://lutong.example/verify#{fragment}"),
            fragment.clone(),
        ] {
            assert_eq!(Proof::parse(&pasted).as_ref(), Some(&proof), "{pasted}");
        }
        for nonsense in ["", "R1", "R1\nR2", "#", "https://lutong.example/verify"] {
            let outcome = Proof::parse(nonsense).map_or(Outcome::Unreadable, |proof| proof.verify(&[]));
            assert_eq!(outcome, Outcome::Unreadable, "{nonsense}");
        }
    }

    #[test]
    fn a_value_never_makes_a_line_of_its_own() {
        let lines = lines(&proof(7).text);
        let names: Vec<_> = lines.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["receipt", "payer", "decision", "issued", "key"]);
    }
}
