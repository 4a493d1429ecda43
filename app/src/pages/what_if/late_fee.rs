//! The late-fee calculator. The address holds the whole case.

use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;
use rules::calendar::{self, YEARS};
use rules::families::late_fee::{FineCase, FineCaseError, LateFee, LateFeeParameters};
use rules::money::Fen;
use rules::place::RegionCode;
use rules::rulebook::Rulebook;

use super::form::{Line, Select, places, wrong};
use crate::api::services;
use crate::components::{
    ActionBar, Button, Layout, Money, SummaryList, SummaryRow, Tab, date_words, money_words, say, say_with,
    share_words,
};
use crate::pages::query;
use crate::visit::{FieldError, visit};

/// The form as it was sent.
struct Input {
    place: String,
    fine: String,
    served_on: String,
    paid_on: String,
}

/// The case of the form, and the parameters that judge it.
struct Asked {
    case: FineCase,
    parameters: LateFeeParameters,
}

fn error(field: &str) -> FieldError {
    FieldError::new(field, &format!("page.late-fee.wrong-{field}"))
}

fn day(field: &str, text: &str) -> Result<NaiveDate, FieldError> {
    let day = text.parse().ok().filter(|day: &NaiveDate| YEARS.contains(&day.year()));
    day.ok_or_else(|| error(field))
}

impl Input {
    /// An empty field stands for a fine of 200 yuan that was served thirty days ago and is paid today.
    fn read(today: NaiveDate) -> Self {
        let or = |name: &str, first: String| {
            let given = query(name);
            if given.trim().is_empty() { first } else { given.trim().to_owned() }
        };
        let served_on = today - chrono::Days::new(30);
        Self {
            place: or("place", "530102".into()),
            fine: or("fine", "200".into()),
            served_on: or("served_on", served_on.to_string()),
            paid_on: or("paid_on", today.to_string()),
        }
    }

    /// The case, or everything that must be mended.
    fn asked(&self, rulebook: &Rulebook) -> Result<Asked, Vec<FieldError>> {
        let region = RegionCode::parse(&self.place).map_err(|_| error("place"));
        let fine = Fen::parse(&self.fine).map_err(|_| error("fine"));
        let (served_on, paid_on) = (day("served_on", &self.served_on), day("paid_on", &self.paid_on));
        let (Ok(region), Ok(fine), Ok(served_on), Ok(today)) = (&region, &fine, &served_on, &paid_on) else {
            let errors = [region.err(), fine.err(), served_on.err(), paid_on.err()];
            return Err(errors.into_iter().flatten().collect());
        };
        let case = FineCase { fine: *fine, served_on: *served_on, today: *today, suspensions: Vec::new() };
        case.check().map_err(|wrong| match wrong {
            FineCaseError::Fine => vec![error("fine")],
            FineCaseError::Paid => vec![FieldError::new("paid_on", "page.late-fee.wrong-order")],
        })?;
        let place = rulebook.place_of(region).map(|place| &place.id);
        Ok(Asked { case, parameters: rulebook.parameters(place, *today) })
    }
}

#[component]
pub fn LateFeeOfFine() -> impl IntoView {
    let input = Input::read(calendar::local(visit().now).date());
    let (answer, errors) = match input.asked(&services().portal.rulebook()) {
        Ok(asked) => (Some(view! { <Answer asked/> }), Vec::new()),
        Err(errors) => (None, errors),
    };
    let summary = errors.clone();
    let wrong = move |name: &str| wrong(&errors, name);
    view! {
        <Layout title=say("page.late-fee.title") back="/rulebook/fine.late-fee" tab=Tab::Business errors=summary>
            <p>{say("page.late-fee.words")}</p>
            <form method="get" action="/what-if/late-fee#answer" novalidate>
                <Select name="place" error=wrong("place") options=places() value=input.place/>
                <Line name="fine" error=wrong("fine") value=input.fine mode="decimal"/>
                <Line name="served_on" error=wrong("served_on") value=input.served_on kind="date"/>
                <Line name="paid_on" error=wrong("paid_on") value=input.paid_on kind="date"/>
                <ActionBar><Button>{say("page.late-fee.act")}</Button></ActionBar>
            </form>
            {answer}
        </Layout>
    }
}

#[component]
fn Answer(asked: Asked) -> impl IntoView {
    let Asked { case, parameters } = asked;
    let late_fee = case.late_fee(&parameters);
    let (fee, total) = (late_fee.fee(), late_fee.total());
    let LateFee { due_on, rolled, days_late, .. } = late_fee;
    let verdict = if days_late == 0 {
        view! { <p class="lt-verdict lt-verdict--pass">{say("page.late-fee.in-time")}</p> }.into_any()
    } else {
        let words = say_with("page.late-fee.late", &[("days", &days_late), ("fee", &money_words(fee))]);
        view! { <p class="lt-verdict lt-verdict--refuse">{words}</p> }.into_any()
    };
    let formula = say_with(
        "page.late-fee.formula",
        &[
            ("fine", &money_words(case.fine)),
            ("rate", &share_words(parameters.permille_per_day(), 1000)),
            ("days", &days_late),
            ("cap", &parameters.cap_percent()),
        ],
    );
    let rows = vec![
        SummaryRow::new(say("page.late-fee.due"), date_words(due_on)),
        SummaryRow::new(say("page.late-fee.fee"), view! { <Money amount=fee/> }),
        SummaryRow::new(say("page.late-fee.total"), view! { <Money amount=total/> }),
    ];
    view! {
        <section class="lt-section" id="answer" role="status">
            {verdict}
            <SummaryList rows/>
            {rolled.then(|| view! { <p class="lt-quiet">{say("page.late-fee.rolled")}</p> })}
            <p class="lt-quiet">{formula}</p>
        </section>
    }
}
