//! The notice that a person agrees to before an order: its version, and the agreement that comes with the form.

use app::api::ServiceError;
use app::api::orders::{Agreement, NOTICE_TEXTS};
use app::texts::{Language, t};
use app::visit::FieldError;
use rules::rulebook::Rulebook;

use crate::db::digest;

/// Changes with the words of the notice, in either language, and with the rules that it speaks of.
pub fn version(rulebook: &Rulebook) -> String {
    let texts = NOTICE_TEXTS.iter().flat_map(|key| Language::ALL.map(|language| t(language, key)));
    let texts: Vec<_> = texts.map(|text| text.to_string()).collect();
    digest(&format!("{}\n{}", rulebook.version, texts.join("\n")))
}

/// Refuses a form without the agreement, and one that agrees to a notice of before.
pub fn check(agreement: &Agreement, rulebook: &Rulebook) -> Result<(), ServiceError> {
    let text = if agreement.agreed != "yes" || agreement.notice.is_empty() {
        "error.notice.not-agreed"
    } else if agreement.notice != version(rulebook) {
        "error.notice.changed"
    } else {
        return Ok(());
    };
    Err(ServiceError::Invalid(vec![FieldError::new("agreed", text)]))
}
