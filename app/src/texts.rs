//! Looks up texts by key and language. The texts are in `locales/`, one file per area and language.

use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub use lookup::{t, t_with};

/// The `lang` attribute of words that are quoted from a text, whatever the page's language is.
pub fn language_of(words: &str) -> &'static str {
    let chinese = words.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
    if chinese { Language::Zh.html_lang() } else { Language::En.html_lang() }
}

/// The language of a page. Chinese is the default; English is complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// As the cookie and the locale files name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// As the `lang` attribute names it.
    pub const fn html_lang(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// In the language itself, for the switch.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// The one that the switch leads to.
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The text of this language out of a pair.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

#[cfg(feature = "ssr")]
mod lookup {
    use std::fmt::Display;

    use super::Language;

    mod files {
        rust_i18n::i18n!("locales", fallback = "zh");

        pub(super) fn find(locale: &str, key: &str) -> Option<String> {
            _rust_i18n_try_translate(locale, key).map(std::borrow::Cow::into_owned)
        }
    }

    /// The sentence for the key. An unknown key shows itself: a test finds those before people do.
    pub fn t(language: Language, key: &str) -> String {
        files::find(language.code(), key).unwrap_or_else(|| key.to_owned())
    }

    /// The sentence for the key, each `%{name}` replaced by its value. `%{name|one|other}` is replaced by the word `one`
    /// where the value is 1 and by the word `other` elsewhere.
    pub fn t_with(language: Language, key: &str, values: &[(&str, &dyn Display)]) -> String {
        values.iter().fold(t(language, key), |text, (name, value)| {
            let value = value.to_string();
            counted(&text, name, &value).replace(&format!("%{{{name}}}"), &value)
        })
    }

    /// The text with the plural forms that depend on this value chosen.
    fn counted(text: &str, name: &str, value: &str) -> String {
        let opening = format!("%{{{name}|");
        let mut pieces = text.split(&opening);
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |done, piece| {
            let (forms, rest) = piece.split_once('}').unwrap_or((piece, ""));
            let (one, other) = forms.split_once('|').unwrap_or((forms, forms));
            done + if value == "1" { one } else { other } + rest
        })
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
