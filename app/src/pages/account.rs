//! Signing in and registering, one thing per page.

use leptos::prelude::*;

use super::{loaded, query};
use crate::api::account::{CodePurpose, CodeSent, with_next};
use crate::api::{ServiceError, local_path, services};
use crate::components::{
    ActionBar, Button, ButtonKind, ButtonLink, Layout, Panel, PasswordField, PostForm, SmsCodeField,
    TextField, say, say_with, time_words,
};
use crate::islands::ForgetCopies;
use crate::visit::{SessionState, visit};

fn next() -> String {
    local_path(&query("next")).to_owned()
}

fn next_field() -> Vec<(String, String)> {
    vec![("next".into(), if query("next").is_empty() { "/".into() } else { next() })]
}

#[component]
fn PhoneField(form: &'static str) -> impl IntoView {
    let hint = say("page.sign-in.phone-hint");
    view! {
        <TextField form=form name="phone" label=say("page.sign-in.phone") hint=hint kind="tel" inputmode="tel" autocomplete="tel-national" width=20/>
    }
}

/// Why a person who was signed in is asked to sign in again.
#[component]
fn WhySignIn() -> impl IntoView {
    let words = match visit().session {
        SessionState::Idle => Some(say("page.sign-in.idle")),
        SessionState::Ended => Some(say("page.sign-in.ended")),
        SessionState::Absent | SessionState::Live | SessionState::Unknown => None,
    };
    let words = words.filter(|_| !query("next").is_empty());
    words.map(|words| view! { <p class="lt-verdict lt-verdict--later">{words}</p> })
}

#[component]
pub fn SignIn() -> impl IntoView {
    view! {
        <Layout title=say("page.sign-in.title") back="/" transaction=true errors=visit().errors_of("sign-in")>
            <WhySignIn/>
            <PostForm action="/api/sign-in/code/send" hidden=next_field()>
                <PhoneField form="sign-in"/>
                <ActionBar><Button>{say("page.sign-in.send")}</Button></ActionBar>
            </PostForm>
            <p><a class="govuk-link lt-way" href=with_next("/sign-in/password", &next())>{say("page.sign-in.by-password")}</a></p>
            <p><a class="govuk-link lt-way" href="/register">{say("page.sign-in.to-register")}</a></p>
        </Layout>
    }
}

#[component]
pub fn SignInPassword() -> impl IntoView {
    let form = "sign-in-password";
    view! {
        <Layout title=say("page.sign-in.password-title") back=with_next("/sign-in", &next()) transaction=true errors=visit().errors_of(form)>
            <WhySignIn/>
            <PostForm action="/api/sign-in/password" hidden=next_field()>
                <PhoneField form=form/>
                <PasswordField form=form/>
                <ActionBar><Button>{say("page.sign-in.act")}</Button></ActionBar>
            </PostForm>
            <p><a class="govuk-link lt-way" href=with_next("/sign-in", &next())>{say("page.sign-in.by-code")}</a></p>
        </Layout>
    }
}

/// Where the code went, until when it is good, and how to get another.
#[component]
pub fn CodeWords(sent: CodeSent) -> impl IntoView {
    let words = [("phone", &sent.phone as &dyn std::fmt::Display), ("time", &time_words(sent.valid_until))];
    view! { <p>{say_with("page.code.sent", &words)}</p> }
}

/// Where the code went; to the first step when none was sent or the draft has lapsed.
fn with_code_sent<V: IntoView + 'static>(
    purpose: CodePurpose,
    first: String,
    show: impl FnOnce(CodeSent) -> V + Send + 'static,
) -> impl IntoView {
    let sent = async move {
        match services().accounts.code_sent(purpose).await {
            Err(ServiceError::SignedOut) => {
                leptos_axum::redirect(&first);
                Ok(None)
            }
            sent => sent.map(Some),
        }
    };
    loaded(sent, |sent| sent.map(show))
}

#[component]
pub fn SignInCode() -> impl IntoView {
    let form = "sign-in-code";
    with_code_sent(CodePurpose::SignIn, with_next("/sign-in", &next()), move |sent| {
        view! {
            <Layout title=say("page.code.title") back=with_next("/sign-in", &next()) transaction=true errors=visit().errors_of(form)>
                <CodeWords sent/>
                <PostForm action="/api/sign-in/code" hidden=next_field()>
                    <SmsCodeField form=form/>
                    <ActionBar><Button>{say("page.sign-in.act")}</Button></ActionBar>
                </PostForm>
                <p><a class="govuk-link lt-way" href=with_next("/sign-in", &next())>{say("page.code.none")}</a></p>
            </Layout>
        }
    })
}

#[component]
pub fn Register() -> impl IntoView {
    view! {
        <Layout title=say("page.register.title") back="/" step=(1, 4) transaction=true errors=visit().errors_of("register")>
            <p>{say("page.register.needed")}</p>
            <ul class="govuk-list govuk-list--bullet">
                <li>{say("page.register.needed-phone")}</li>
                <li>{say("page.register.needed-id")}</li>
                <li>{say("page.register.needed-proof")}</li>
            </ul>
            <PostForm action="/api/register/code/send">
                <PhoneField form="register"/>
                <ActionBar><Button>{say("page.sign-in.send")}</Button></ActionBar>
            </PostForm>
        </Layout>
    }
}

#[component]
pub fn RegisterCode() -> impl IntoView {
    let form = "register-code";
    with_code_sent(CodePurpose::Register, "/register".into(), move |sent| {
        view! {
            <Layout title=say("page.code.title") back="/register" step=(2, 4) transaction=true errors=visit().errors_of(form)>
                <CodeWords sent/>
                <PostForm action="/api/register/code">
                    <SmsCodeField form=form/>
                    <ActionBar><Button>{say("page.next")}</Button></ActionBar>
                </PostForm>
            </Layout>
        }
    })
}

#[component]
pub fn RegisterIdentity() -> impl IntoView {
    let form = "register-identity";
    let (id_hint, proof_hint) = (say("page.register.id-hint"), say("page.register.proof-hint"));
    view! {
        <Layout title=say("page.register.identity-title") step=(3, 4) transaction=true errors=visit().errors_of(form)>
            <PostForm action="/api/register/identity">
                <TextField form=form name="id_number" label=say("page.register.id-number") hint=id_hint width=20/>
                <TextField form=form name="proof" label=say("page.register.proof") hint=proof_hint width=20/>
                <ActionBar><Button>{say("page.next")}</Button></ActionBar>
            </PostForm>
        </Layout>
    }
}

#[component]
pub fn RegisterPassword() -> impl IntoView {
    let form = "register-password";
    view! {
        <Layout title=say("page.register.password-title") step=(4, 4) transaction=true errors=visit().errors_of(form)>
            <PostForm action="/api/register/password">
                <PasswordField form=form hint=say("page.register.password-hint") new=true/>
                <ActionBar><Button>{say("page.register.act")}</Button></ActionBar>
            </PostForm>
        </Layout>
    }
}

#[component]
pub fn RegisterDone() -> impl IntoView {
    view! {
        <Layout title=say("page.register.done") own_heading=true>
            <Panel title=say("page.register.done")/>
            <p>{say("page.register.done-words")}</p>
            <ButtonLink href="/vehicles">{say("page.services.records")}</ButtonLink>
        </Layout>
    }
}

#[component]
pub fn SignedOut() -> impl IntoView {
    view! {
        <Layout title=say("page.signed-out.title")>
            <ForgetCopies/>
            <p>{say("page.signed-out.words")}</p>
            <ButtonLink href="/sign-in" kind=ButtonKind::Secondary>{say("page.home.sign-in")}</ButtonLink>
        </Layout>
    }
}
