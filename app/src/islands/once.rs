//! After the first press a form's button says what is happening and takes no second one. The server would not do it
//! twice either; this is for the person's peace.

use leptos::prelude::*;

#[island]
pub fn Once(
    /// What the button says while the answer is on its way.
    busy: String,
) -> impl IntoView {
    Effect::new(move |_| guard(&busy));
}

#[cfg(feature = "hydrate")]
fn guard(busy: &str) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Ok(forms) = document().query_selector_all("form[data-once]") else { return };
    for form in
        (0..forms.length()).filter_map(|index| forms.item(index)?.dyn_into::<web_sys::HtmlFormElement>().ok())
    {
        let (busy, of) = (busy.to_owned(), form.clone());
        let press = Closure::<dyn Fn()>::new(move || {
            let Ok(Some(button)) = of.query_selector("button[type=submit]") else { return };
            button.set_text_content(Some(&busy));
            drop(button.set_attribute("disabled", ""));
        });
        drop(form.add_event_listener_with_callback("submit", press.as_ref().unchecked_ref()));
        press.forget();
    }
    // A page that comes back from the browser's memory must be usable again.
    let back = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        let kept = js_sys::Reflect::get(&event, &"persisted".into()).is_ok_and(|value| value.is_truthy());
        if kept {
            drop(window().location().reload());
        }
    });
    drop(window().add_event_listener_with_callback("pageshow", back.as_ref().unchecked_ref()));
    back.forget();
}

#[cfg(not(feature = "hydrate"))]
fn guard(_: &str) {}
