//! The JSON form of a verdict.

use chrono::{DateTime, Utc};
use rules::kernel::{Refusal, Verdict};
use rules::rulebook::Rulebook;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct Assessment {
    passes: bool,
    /// Whose rules were asked; null where the place is not served.
    place: Option<String>,
    rulebook: String,
    refusals: Vec<RefusalBody>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RefusalBody {
    rule: String,
    found: serde_json::Value,
    required: serde_json::Value,
    source: SourceBody,
    remedy: String,
    passes_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SourceBody {
    text: String,
    article: Option<String>,
    words: String,
}

impl Assessment {
    pub fn of(verdict: &Verdict, rulebook: &Rulebook) -> Self {
        Self {
            passes: verdict.passes(),
            place: verdict.place.as_ref().map(ToString::to_string),
            rulebook: verdict.rulebook.to_string(),
            refusals: verdict.refusals.iter().map(|refused| refusal(refused, rulebook)).collect(),
        }
    }
}

fn refusal(refusal: &Refusal, rulebook: &Rulebook) -> RefusalBody {
    let source = rulebook.source(refusal.source);
    let json = |value| serde_json::to_value(value).unwrap_or_default();
    RefusalBody {
        rule: refusal.rule.code().into(),
        found: json(&refusal.found),
        required: json(&refusal.required),
        source: SourceBody {
            text: source.map(|source| source.text.clone()).unwrap_or_default(),
            article: source.and_then(|source| source.article.clone()),
            words: source.map(|source| source.words.clone()).unwrap_or_default(),
        },
        remedy: refusal.remedy.code().into(),
        passes_at: refusal.passes_at,
    }
}
