#![no_main]

use app_form::Form;
use libfuzzer_sys::fuzz_target;
use server::services::orders::selection::{Chosen, LARGEST};

mod app_form {
    /// The fields of the form that places an order, as far as they say what was chosen.
    #[derive(serde::Deserialize)]
    pub struct Form {
        pub vehicle: String,
        #[serde(default)]
        pub records: Vec<String>,
    }
}

// Two form bodies, a line each: what is chosen and what a code confirms are the same or differ together.
fuzz_target!(|text: &str| {
    let (first, second) = text.split_once('\n').unwrap_or((text, text));
    if let (Some(first), Some(second)) = (chosen(first), chosen(second)) {
        assert_eq!(first == second, first.digest() == second.digest(), "{first:?} {second:?}");
    }
});

fn chosen(body: &str) -> Option<Chosen> {
    // The framework's own settings for forms.
    let form: Form = serde_qs::Config::new(5, false).deserialize_str(body).ok()?;
    let chosen = Chosen::parse(&form.vehicle, &form.records).ok()?;
    assert_eq!(chosen.vehicle, form.vehicle);
    assert!((1..=LARGEST).contains(&chosen.records.len()), "{}", chosen.records.len());
    assert!(chosen.records.is_sorted_by(|one, other| one < other), "each once and in order: {chosen:?}");
    assert!(form.records.iter().all(|record| chosen.records.contains(record)), "{chosen:?}");
    let mut twice = form.records.clone();
    twice.extend(form.records.iter().rev().cloned());
    assert_eq!(Chosen::parse(&form.vehicle, &twice).ok().as_ref(), Some(&chosen));
    Some(chosen)
}
