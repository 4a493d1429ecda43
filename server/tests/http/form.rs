//! Reads the forms of a page as a browser would: their action and the hidden fields.

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
    let posting = page.split("<form ").skip(1).filter_map(|rest| {
        let (head, rest) = rest.split_once('>')?;
        (attribute(head, "method")? == "post").then_some(())?;
        let inside = rest.split("</form>").next()?;
        let inputs = inside.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
        let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
        let fields = hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        Some(Form { action: attribute(head, "action")?, fields: fields.collect() })
    });
    posting.collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let value = rest.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}
