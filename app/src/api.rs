//! Service traits that the server implements, their data and errors, and the form targets.

pub mod account;
pub mod orders;
pub mod portal;
pub mod violations;

use std::sync::Arc;

use leptos::prelude::{ServerFnError, expect_context};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::visit::{FieldError, Flash};

/// The services behind the pages, provided as context to every page and form target.
#[derive(Clone)]
pub struct Services {
    pub accounts: Arc<dyn account::Accounts>,
    pub violations: Arc<dyn violations::Violations>,
    pub orders: Arc<dyn orders::Orders>,
    pub portal: Arc<dyn portal::Portal>,
}

pub fn services() -> Services {
    expect_context::<Services>()
}

/// Why a service did not answer. `Refused` of the domain are not here: they are part of each answer's type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing, or it is another person's.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in, or the session has ended.
    #[error("not signed in")]
    SignedOut,
    /// Too many requests; come back after so many seconds.
    #[error("too many requests, retry after {retry_after_seconds} s")]
    TooMany { retry_after_seconds: u32 },
    /// Something typed must be mended.
    #[error("invalid input")]
    Invalid(Vec<FieldError>),
    /// Our fault: the log has the context, the person gets a sentence and a reference.
    #[error("unavailable, reference {reference}")]
    Unavailable { reference: String },
}

/// How a form target ends: the browser is sent to a page, which shows the real state.
pub type Sent = Result<(), ServerFnError>;

/// Ends a form target: on to `next`, or back to `form_page` with what must be mended.
pub fn finish(
    outcome: Result<String, ServiceError>,
    form: &str,
    form_page: &str,
    values: &[(&str, &str)],
) -> Sent {
    match outcome {
        Ok(next) => redirect(&next),
        Err(ServiceError::SignedOut) => redirect(&sign_in_and_return(form_page)),
        Err(ServiceError::NotFound) => redirect("/not-found"),
        Err(error) => {
            let errors = match error {
                ServiceError::Invalid(errors) => errors,
                ServiceError::TooMany { retry_after_seconds } => {
                    vec![FieldError::new("", "error.too-many").with("seconds", retry_after_seconds)]
                }
                ServiceError::Unavailable { reference } => {
                    vec![FieldError::new("", "error.unavailable").with("reference", reference)]
                }
                ServiceError::SignedOut | ServiceError::NotFound => Vec::new(),
            };
            let values = values.iter().map(|(name, value)| ((*name).into(), bounded(value).into())).collect();
            send_back(Flash { form: form.into(), errors, values }, form_page);
        }
    }
    Ok(())
}

/// Sends the browser to a form's page, which then shows what must be mended.
pub fn send_back(flash: Flash, form_page: &str) {
    expect_context::<Arc<dyn FlashKeeper>>().keep(&flash);
    redirect(form_page);
}

/// No field of a form has more to say; what comes back to its page travels in a header.
const MOST_TYPED: usize = 100;

/// Cuts typed text to the length that an answer's headers may carry.
pub fn bounded(typed: &str) -> &str {
    typed.char_indices().nth(MOST_TYPED).map_or(typed, |(end, _)| &typed[..end])
}

/// Bytes of the longest address of a page: that of a selection with all the records that one may have. Proxies take
/// headers of eight kilobytes.
const LONGEST_PATH: usize = 6_000;

/// Where a person without a session goes, to come back to the very page.
pub fn sign_in_and_return(path: &str) -> String {
    let mut query = url_encode(path);
    query.insert_str(0, "/sign-in?next=");
    query
}

/// A path on this site, or home: a link from outside must not send people elsewhere. Browsers drop tabs and line ends,
/// and take a backslash for a slash.
pub fn local_path(next: &str) -> &str {
    let foreign = |character: char| character.is_control() || character == '\\';
    let local = next.starts_with('/') && !next.starts_with("//") && !next.contains(foreign);
    if local && next.len() <= LONGEST_PATH { next } else { "/" }
}

/// Sends the browser on to the path, which may be made of what somebody typed; no page has an address that is too long.
pub fn redirect(path: &str) {
    let location = location(path);
    leptos_axum::redirect(if location.len() <= LONGEST_PATH { &location } else { "/not-found" });
}

/// The path as a header may carry it: whatever is not plain ASCII is percent-encoded.
pub fn location(path: &str) -> String {
    const NOT_GRAPHIC: AsciiSet = CONTROLS.add(b' ');
    utf8_percent_encode(path, &NOT_GRAPHIC).to_string()
}

/// Everything but what stands for itself in the value of a query (RFC 3986), the slash included.
const NOT_IN_VALUES: AsciiSet =
    NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

fn url_encode(text: &str) -> String {
    utf8_percent_encode(text, &NOT_IN_VALUES).to_string()
}

/// Carries a flash to the next page of the same browser; the server seals it into a cookie.
pub trait FlashKeeper: Send + Sync {
    fn keep(&self, flash: &Flash);
}

/// Makes every form target known to the server, whatever the linker thinks of them.
pub fn register() {
    use leptos::server_fn::axum::register_explicit;
    register_explicit::<account::SendSignInCode>();
    register_explicit::<account::SignInWithCode>();
    register_explicit::<account::SignInWithPassword>();
    register_explicit::<account::SendRegisterCode>();
    register_explicit::<account::ConfirmPhone>();
    register_explicit::<account::Identify>();
    register_explicit::<account::SendPersonCode>();
    register_explicit::<account::ConfirmPerson>();
    register_explicit::<account::ChoosePassword>();
    register_explicit::<account::SignOut>();
    register_explicit::<account::EndSession>();
    register_explicit::<account::Settings>();
    register_explicit::<violations::SendDisputeCode>();
    register_explicit::<violations::Dispute>();
    register_explicit::<violations::WithdrawDispute>();
    register_explicit::<orders::SendOrderCode>();
    register_explicit::<orders::Place>();
    register_explicit::<orders::Pay>();
    register_explicit::<orders::Cancel>();
}

#[cfg(test)]
mod tests {
    use super::{bounded, local_path, location};

    #[test]
    fn what_comes_back_to_a_form_is_short_whatever_was_typed() {
        assert_eq!(bounded("13800000001"), "13800000001");
        assert_eq!(bounded(&"桂".repeat(60_000)), "桂".repeat(100));
        let long = format!("/{}", "a".repeat(60_000));
        assert_eq!(local_path(&long), "/");
    }

    #[test]
    fn a_redirect_stays_on_this_site_and_fits_a_header_whatever_was_typed() {
        for (next, path) in [
            ("/orders/1?a=%20b", "/orders/1?a=%20b"),
            ("//elsewhere.example", "/"),
            ("/\t/elsewhere.example", "/"),
            ("/\\elsewhere.example", "/"),
            ("/\u{1}", "/"),
            ("elsewhere.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(local_path(next), path, "{next:?}");
        }
        for (path, header) in [
            ("/vehicles/\u{1}", "/vehicles/%01"),
            ("/vehicles/\r\nSet-Cookie: a", "/vehicles/%0D%0ASet-Cookie:%20a"),
            ("/vehicles/桂", "/vehicles/%E6%A1%82"),
            ("/vehicles/V1?records=R1&agreed=no", "/vehicles/V1?records=R1&agreed=no"),
        ] {
            assert_eq!(location(path), header);
        }
    }
}
