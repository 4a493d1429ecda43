//! Accounts: registering, signing in, sessions, what is one's own. Known and unknown phones are answered alike.

pub mod codes;
pub mod passwords;
mod register;
mod seen;
mod sessions;

use app::api::ServiceError;
use app::api::account::{Accounts, CodePurpose, CodeSent, LicenceCard, OutboxText, SessionCard};
use app::visit::{FieldError, Preferences};
use async_trait::async_trait;
use rules::person::{IdNumber, IdentityLevel, Phone};

use crate::db::accounts::{self, AccountRow};
use crate::db::{Fault, outbox, registry};
use crate::http::cookies;
use crate::http::current::{current, person, session};
use crate::services::violations::facts;
use crate::state::State;

pub use register::{NewAccount, create};
pub use seen::Seen;
pub use sessions::{ABSOLUTE, IDLE};

pub struct AccountService(pub State);

fn parse_phone(phone: &str) -> Result<Phone, ServiceError> {
    Phone::parse(phone).map_err(|_| ServiceError::Invalid(vec![FieldError::new("phone", "error.phone")]))
}

/// What a browser carries from step to step before it has a session; sealed in a cookie.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Draft {
    purpose: CodePurpose,
    phone: String,
    /// The phone answered its code.
    proven: bool,
    person: Option<String>,
}

impl AccountService {
    fn draft(&self, purpose: CodePurpose) -> Result<(Draft, Phone), ServiceError> {
        let draft: Draft = cookies::draft(&self.0).ok_or(ServiceError::SignedOut)?;
        if draft.purpose != purpose {
            return Err(ServiceError::SignedOut);
        }
        let phone = parse_phone(&draft.phone)?;
        Ok((draft, phone))
    }

    /// What a code is bound to before there is a session; the store holds no cookie in clear.
    fn this_browser(&self) -> String {
        self.0.sealer.look_up("visit", &current().visit_id)
    }

    async fn use_code(&self, purpose: CodePurpose, phone: &Phone, code: &str) -> Result<(), ServiceError> {
        let (state, hash, code) = (self.0.clone(), codes::phone_hash(&self.0, phone), code.to_owned());
        let visit = self.this_browser();
        let checked = self.0.store.write(move |connection| {
            let (state, hash, code, visit) = (state.clone(), hash.clone(), code.clone(), visit.clone());
            Box::pin(async move { codes::check(connection, &state, purpose, &hash, &visit, &code).await })
        });
        match checked.await.map_err(ServiceError::from)? {
            codes::Confirmation::Confirmed => Ok(()),
            codes::Confirmation::Refused(error) => Err(error),
        }
    }

    async fn account_of(&self, phone: &Phone) -> Result<Option<AccountRow>, Fault> {
        let mut connection = self.0.store.read().await?;
        Ok(accounts::find_by_phone(&mut connection, &codes::phone_hash(&self.0, phone)).await?)
    }
}

#[async_trait]
impl Accounts for AccountService {
    async fn send_code(&self, purpose: CodePurpose, phone: &str) -> Result<(), ServiceError> {
        let phone = parse_phone(phone)?;
        codes::send(&self.0, purpose, &phone, &self.this_browser(), &current().address).await?;
        let draft = Draft { purpose, phone: phone.to_string(), proven: false, person: None };
        cookies::keep_draft(&self.0, &draft);
        Ok(())
    }

    async fn code_sent(&self, purpose: CodePurpose) -> Result<CodeSent, ServiceError> {
        let (_, phone) = self.draft(purpose)?;
        let sent = async {
            let mut connection = self.0.store.read().await?;
            codes::sent(&mut connection, &self.0, purpose, &phone, &self.this_browser()).await
        };
        Ok(sent.await?)
    }

    async fn sign_in_with_code(&self, code: &str) -> Result<(), ServiceError> {
        let (_, phone) = self.draft(CodePurpose::SignIn)?;
        self.use_code(CodePurpose::SignIn, &phone, code).await?;
        match self.account_of(&phone).await? {
            Some(account) => Ok(sessions::begin(&self.0, &account).await?),
            // Whoever holds the phone may know that it has no account.
            None => Err(ServiceError::Invalid(vec![FieldError::new("code", "error.sign-in.no-account")])),
        }
    }

    async fn sign_in_with_password(&self, phone: &str, password: &str) -> Result<(), ServiceError> {
        let parsed = parse_phone(phone)?;
        let hash = codes::phone_hash(&self.0, &parsed);
        self.0.limits.password_try(&hash, &current().address)?;
        let account = self.account_of(&parsed).await?;
        let stored = account.as_ref().map(|account| account.password.as_str());
        let right = passwords::verify(stored, password).await.map_err(ServiceError::from)?;
        match account.filter(|_| right) {
            Some(account) => Ok(sessions::begin(&self.0, &account).await?),
            None => Err(ServiceError::Invalid(vec![FieldError::new("password", "error.sign-in.wrong")])),
        }
    }

    async fn confirm_phone(&self, code: &str) -> Result<(), ServiceError> {
        let (draft, phone) = self.draft(CodePurpose::Register)?;
        self.use_code(CodePurpose::Register, &phone, code).await?;
        if self.account_of(&phone).await?.is_some() {
            return Err(ServiceError::Invalid(vec![FieldError::new("code", "error.register.known")]));
        }
        cookies::keep_draft(&self.0, &Draft { proven: true, ..draft });
        Ok(())
    }

    async fn identify(&self, id_number: &str, proof: &str) -> Result<(), ServiceError> {
        let (draft, phone) = self.draft(CodePurpose::Register)?;
        if !draft.proven {
            return Err(ServiceError::SignedOut);
        }
        let id_number = IdNumber::parse(id_number).map_err(|error| {
            ServiceError::Invalid(vec![FieldError::new(
                "id_number",
                &format!("error.id-number.{}", error.code()),
            )])
        })?;
        let person = register::find_person(&self.0, &phone, &id_number, proof).await?;
        cookies::keep_draft(&self.0, &Draft { person: Some(person), ..draft });
        Ok(())
    }

    async fn choose_password(&self, password: &str) -> Result<(), ServiceError> {
        let (draft, phone) = self.draft(CodePurpose::Register)?;
        let person = draft.person.filter(|_| draft.proven).ok_or(ServiceError::SignedOut)?;
        passwords::check(password)?;
        let identity = IdentityLevel::Phone;
        let new = NewAccount { phone, person, password: password.to_owned(), identity };
        let account = create(&self.0, new).await.map_err(ServiceError::from)?;
        cookies::forget_draft();
        Ok(sessions::begin(&self.0, &account).await?)
    }

    async fn sign_out(&self) -> Result<(), ServiceError> {
        if let Some(session) = current().session {
            sessions::end(&self.0, &session.account_id, &session.id).await?;
        }
        cookies::forget_session();
        Ok(())
    }

    async fn sessions(&self) -> Result<Vec<SessionCard>, ServiceError> {
        Ok(sessions::list(&self.0, &session()?).await?)
    }

    async fn end_session(&self, id: &str) -> Result<(), ServiceError> {
        let session = session()?;
        Ok(sessions::end(&self.0, &session.account_id, id).await?)
    }

    async fn licence(&self) -> Result<Option<LicenceCard>, ServiceError> {
        let person = person()?;
        Ok(licence(&self.0, &person).await?)
    }

    async fn prefer(&self, preferences: Preferences) -> Result<(), ServiceError> {
        cookies::keep_preferences(preferences);
        Ok(())
    }

    async fn outbox(&self) -> Result<Vec<OutboxText>, ServiceError> {
        if !self.0.development {
            return Err(ServiceError::NotFound);
        }
        Ok(texts(&self.0).await?)
    }
}

async fn licence(state: &State, person: &crate::http::current::Person) -> Result<Option<LicenceCard>, Fault> {
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let Some(row) = registry::find_licence(&mut connection, &person.id).await? else { return Ok(None) };
    let entries = registry::points_entries(&mut connection, &person.id).await?;
    let ledger = facts::ledger(&row, &entries)?;
    let asking = facts::Asking::default();
    let applicant = facts::applicant(&mut connection, &person.id, person.identity, now, asking).await?;
    let today = rules::calendar::local(now).date();
    let file = state.sealer.open(&format!("licences:{}:file_number", person.id), &row.file_number);
    let file = file.map_err(|error| Fault::stored("file number", error))?;
    let classes: rules::licence::LicenceClasses =
        facts::stored_set("licence class", &row.classes, rules::licence::LicenceClass::from_code)?;
    let licence =
        applicant.licence.ok_or_else(|| Fault::Internal("a licence that was there is gone".into()))?;
    Ok(Some(LicenceCard {
        file_number: format!("********{}", file.get(8..).unwrap_or_default()),
        classes: classes.iter().collect(),
        states: licence.states,
        first_issued: ledger.first_issued,
        valid_until: row.valid_until.as_deref().and_then(|day| day.parse().ok()),
        cycle: rules::licence::ScoringCycle::of(ledger.first_issued, today),
        cycle_points: licence.cycle_points,
        held_points: applicant.held_points,
        entries: ledger.entries,
    }))
}

async fn texts(state: &State) -> Result<Vec<OutboxText>, Fault> {
    let mut connection = state.store.read().await?;
    let rows = outbox::newest_of_kind(&mut connection, "sms", 30).await?;
    rows.iter()
        .map(|row| {
            let open = |part: &str, sealed: &str| {
                let text = state.sealer.open(&format!("outbox:{}:{part}", row.id), sealed);
                text.map_err(|error| Fault::stored("outbox", error))
            };
            Ok(OutboxText {
                at: facts::moment(row.created_at)?,
                phone: open("recipient", &row.recipient)?,
                text: open("body", &row.body)?,
            })
        })
        .collect()
}
