//! Verifies a receipt for anyone, without signing in. Where scripts run the browser verifies; elsewhere the form posts
//! and the server does.

use leptos::prelude::*;

use crate::api::services;
use crate::components::{
    ActionBar, Button, Details, Layout, PostForm, SummaryList, SummaryRow, Tab, date_words, say, say_with,
};
use crate::islands::{Verified, VerifyReceipt, VerifyWords, verify_answer};
use crate::receipt::{Outcome, PublishedKey};

/// The names of the lines that a receipt may have.
const NAMES: [&str; 15] = [
    "receipt",
    "issuer",
    "authority",
    "place",
    "order",
    "plate",
    "payer",
    "amount",
    "points",
    "decision",
    "channel",
    "transaction",
    "paid",
    "issued",
    "key",
];

/// The text that a form without scripts sent.
#[derive(Clone, Debug)]
pub struct Pasted(pub String);

fn words() -> VerifyWords {
    let outcomes = Outcome::ALL.iter().map(|outcome| {
        let code = outcome.code();
        (say(&format!("page.verify.outcome-{code}")), say(&format!("page.verify.means-{code}")))
    });
    let names = NAMES.iter().map(|name| ((*name).to_owned(), say(&format!("receipt-line.{name}"))));
    VerifyWords { outcomes: outcomes.collect(), names: names.collect() }
}

#[component]
pub fn Verify() -> impl IntoView {
    let (keys, words) = (services().portal.receipt_keys(), words());
    let pasted = use_context::<Pasted>().map(|pasted| pasted.0);
    let answer = pasted.as_deref().map(|pasted| {
        let answer = verify_answer(&Verified::of(pasted, &keys), &words);
        view! { <section class="lt-section" id="answer" role="status">{answer}</section> }
    });
    let (published, said) = (keys.clone(), words);
    view! {
        <Layout title=say("page.verify.title") back="/" tab=Tab::Business>
            <p>{say("page.verify.words")}</p>
            <PostForm action="/verify">
                <div class="govuk-form-group">
                    <label class="govuk-label" for="proof">{say("page.verify.proof")}</label>
                    <div id="proof-hint" class="govuk-hint">{say("page.verify.proof-hint")}</div>
                    <textarea
                        class="govuk-textarea"
                        id="proof"
                        name="proof"
                        rows="8"
                        spellcheck="false"
                        autocomplete="off"
                        aria-describedby="proof-hint"
                    >{pasted}</textarea>
                </div>
                <ActionBar><Button>{say("page.verify.act")}</Button></ActionBar>
                <VerifyReceipt keys=published words=said/>
            </PostForm>
            {answer}
            <Details summary=say("page.verify.keys")>
                <p>{say("page.verify.keys-words")}</p>
                <Keys keys/>
                <p><a class="govuk-link" href="/.well-known/lutong-keys.json" rel="external">{say("page.verify.keys-json")}</a></p>
            </Details>
        </Layout>
    }
}

#[component]
fn Keys(keys: Vec<PublishedKey>) -> impl IntoView {
    let rows = keys.into_iter().map(|key| {
        let days = match (key.first_day, key.last_day) {
            (Some(first), Some(last)) => {
                say_with("page.verify.days", &[("first", &date_words(first)), ("last", &date_words(last))])
            }
            (Some(first), None) => say_with("page.verify.since", &[("first", &date_words(first))]),
            (None, _) => String::new(),
        };
        SummaryRow::new(key.id, view! { <code class="lt-code">{key.public_key}</code> <span>{days}</span> })
    });
    view! { <SummaryList rows=rows.collect()/> }
}
