//! Enums with codes, and sets of such codes.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value out of a closed list, known outside by its kebab-case code.
pub trait Coded: Copy + Eq + Sized + 'static {
    const ALL: &'static [Self];
    /// The codes, in the order of the list.
    const CODES: &'static [&'static str];

    fn code(self) -> &'static str {
        Self::CODES[self.index()]
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }

    /// The place in the list.
    fn index(self) -> usize {
        Self::ALL.iter().position(|value| *value == self).unwrap_or_default()
    }
}

/// A text that is no code of the list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {list} '{code}'")]
pub struct UnknownCode {
    pub list: &'static str,
    pub code: String,
}

/// Declares an enum with its codes, its list, its stored and its serde form.
#[macro_export]
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::set::Coded for $name {
            const ALL: &'static [Self] = Self::ALL;
            const CODES: &'static [&'static str] = &[$($code),+];
            fn code(self) -> &'static str { self.code() }
            #[inline(always)]
            fn index(self) -> usize { self as usize }
        }

        /// The value with this code, as stored.
        impl TryFrom<String> for $name {
            type Error = $crate::set::UnknownCode;
            fn try_from(code: String) -> Result<Self, Self::Error> {
                Self::from_code(&code).ok_or($crate::set::UnknownCode { list: stringify!($name), code })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::from_code(&code).ok_or_else(|| {
                    serde::de::Error::custom(format!("unknown {} '{code}'", stringify!($name)))
                })
            }
        }
    };
}
pub use coded;

/// A set of codes of one list of at most 32. A longer list does not compile:
///
/// ```compile_fail
/// use rules::set::{CodeSet, Coded};
///
/// #[derive(Clone, Copy, PartialEq, Eq)]
/// struct Seat(u8);
///
/// impl Coded for Seat {
///     const ALL: &'static [Self] = &[Seat(0); 33];
///     const CODES: &'static [&'static str] = &["seat"; 33];
/// }
///
/// CodeSet::<Seat>::all();
/// ```
pub struct CodeSet<T> {
    bits: u32,
    of: PhantomData<T>,
}

impl<T: Coded> CodeSet<T> {
    pub const EMPTY: Self = {
        assert!(T::ALL.len() <= u32::BITS as usize, "one bit for each code");
        Self { bits: 0, of: PhantomData }
    };

    pub fn all() -> Self {
        T::ALL.iter().copied().collect()
    }

    pub fn contains(self, value: T) -> bool {
        self.bits & (1 << value.index()) != 0
    }

    #[must_use]
    pub fn with(self, value: T) -> Self {
        Self { bits: self.bits | (1 << value.index()), ..Self::EMPTY }
    }

    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// One bit per code, in the order of the list.
    pub fn bits(self) -> i64 {
        i64::from(self.bits)
    }

    pub fn from_bits(bits: i64) -> Self {
        let known = bits & ((1 << T::ALL.len()) - 1);
        Self { bits: u32::try_from(known).unwrap_or_default(), ..Self::EMPTY }
    }

    pub fn iter(self) -> impl Iterator<Item = T> {
        T::ALL.iter().copied().filter(move |value| self.contains(*value))
    }

    /// The codes separated by spaces, as stored.
    pub fn codes(self) -> String {
        self.iter().map(T::code).collect::<Vec<_>>().join(" ")
    }
}

impl<T> Clone for CodeSet<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for CodeSet<T> {}

impl<T> PartialEq for CodeSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<T> Eq for CodeSet<T> {}

impl<T: Coded> Default for CodeSet<T> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<T: Coded> std::fmt::Debug for CodeSet<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.iter().map(T::code)).finish()
    }
}

impl<T: Coded> FromIterator<T> for CodeSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl<T: Coded> Serialize for CodeSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(T::code))
    }
}

impl<'de, T: Coded> Deserialize<'de> for CodeSet<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(deserializer)?
            .iter()
            .map(|code| {
                T::from_code(code).ok_or_else(|| serde::de::Error::custom(format!("unknown code '{code}'")))
            })
            .collect()
    }
}

/// Gives a value type that exists only by `parse` its text forms.
macro_rules! parsed_text {
    ($name:ident, $error:ident) => {
        impl std::str::FromStr for $name {
            type Err = $error;
            fn from_str(text: &str) -> Result<Self, $error> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                Self::parse(&text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use parsed_text;
