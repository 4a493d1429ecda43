//! Reads the forms of a page as a browser would: their action and the hidden fields.

use scraper::{ElementRef, Html, Selector};

/// A form with the fields that go with it.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Fills in fields; a field that the page carried is written over.
    pub fn with(mut self, fields: &[(&str, &str)]) -> Self {
        self.fields.retain(|(name, _)| fields.iter().all(|(field, _)| field != name));
        self.fields.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// The posting forms of the page.
pub fn forms(page: &str) -> Vec<Form> {
    let selector = |text| Selector::parse(text).expect("a selector");
    let (posting, hidden) = (selector("form[method=post]"), selector("input[type=hidden]"));
    let page = Html::parse_document(page);
    let field = |input: ElementRef<'_>| {
        let input = input.value();
        Some((input.attr("name")?.to_owned(), input.attr("value")?.to_owned()))
    };
    let form = |form: ElementRef<'_>| {
        let action = form.value().attr("action")?.to_owned();
        Some(Form { action, fields: form.select(&hidden).filter_map(field).collect() })
    };
    page.select(&posting).filter_map(form).collect()
}
