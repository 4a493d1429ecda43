//! Accounts: registering, signing in, sessions, what is one's own. Known and unknown phones are answered alike.

pub mod budgets;
pub mod codes;
mod identify;
pub mod passwords;
mod register;
mod seen;
mod sessions;
pub mod texts;

use app::api::ServiceError;
use app::api::account::{Accounts, CodePurpose, CodeSent, Identity, LicenceCard, OutboxText, SessionCard};
use app::visit::{FieldError, Preferences};
use async_trait::async_trait;
use rules::person::{IdNumber, IdentityLevel, Phone};

use self::budgets::Asker;
use self::codes::Request;
use self::identify::{Identified, Proof};
use self::texts::{Act, Delivery};
use crate::db::accounts::{self, AccountRow};
use crate::db::{Fault, registry};
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
    /// Who it is said to be.
    person: Option<Claimed>,
}

/// The person that somebody says to be.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Claimed {
    person: String,
    /// The phone whose code proves it.
    phone: String,
    /// 1 where codes go out to the phone; a digit, so that the cookie is as long where they do not.
    reached: u8,
    proven: bool,
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

    /// The registration whose phone has answered.
    fn proven_draft(&self) -> Result<(Draft, Phone), ServiceError> {
        let (draft, phone) = self.draft(CodePurpose::Register)?;
        if draft.proven { Ok((draft, phone)) } else { Err(ServiceError::SignedOut) }
    }

    /// The registration with the person that it is said to be for, and the phone that proves it.
    fn claimed_draft(&self) -> Result<(Draft, Claimed, Phone), ServiceError> {
        let (draft, _) = self.proven_draft()?;
        let claimed = draft.person.clone().ok_or(ServiceError::SignedOut)?;
        let phone = parse_phone(&claimed.phone)?;
        Ok((draft, claimed, phone))
    }

    /// What a code is bound to before there is a session; the store holds no cookie in clear.
    fn this_browser(&self) -> String {
        self.0.sealer.look_up("visit", &current().visit_id)
    }

    /// What a code that proves the person is bound to.
    fn this_claim(&self, claimed: &Claimed) -> String {
        self.0.sealer.look_up("claim", &format!("{}:{}", current().visit_id, claimed.person))
    }

    fn visitor(&self, phone: &Phone) -> Asker {
        Asker::Visitor {
            address: current().address,
            browser: self.this_browser(),
            known: cookies::is_known(&self.0, &codes::phone_hash(&self.0, phone)),
        }
    }

    /// Sends the code that proves the person.
    async fn ask_person(&self, draft: &Draft, claimed: &Claimed) -> Result<(), ServiceError> {
        let asker = Asker::Visitor { address: current().address, browser: self.this_browser(), known: false };
        let request = Request {
            act: Act::ProvePerson { phone: parse_phone(&draft.phone)?.masked() },
            phone: parse_phone(&claimed.phone)?,
            bound_to: self.this_claim(claimed),
            asker,
            language: texts::language(),
            delivery: if claimed.reached == 1 { Delivery::Sent } else { Delivery::Unsent },
        };
        codes::send(&self.0, request).await
    }

    async fn use_code(
        &self,
        purpose: CodePurpose,
        phone: &Phone,
        bound_to: String,
        code: &str,
    ) -> Result<(), ServiceError> {
        let (state, hash, code) = (self.0.clone(), codes::phone_hash(&self.0, phone), code.to_owned());
        let checked = self.0.store.write(move |connection| {
            let (state, hash, code, bound_to) = (state.clone(), hash.clone(), code.clone(), bound_to.clone());
            Box::pin(async move { codes::check(connection, &state, purpose, &hash, &bound_to, &code).await })
        });
        match checked.await.map_err(ServiceError::from)? {
            codes::Confirmation::Confirmed => Ok(()),
            codes::Confirmation::Refused(error) => Err(error),
        }
    }

    async fn code_sent_to(
        &self,
        purpose: CodePurpose,
        phone: &Phone,
        bound_to: &str,
    ) -> Result<CodeSent, ServiceError> {
        let sent = async {
            let mut connection = self.0.store.read().await?;
            codes::sent(&mut connection, &self.0, purpose, phone, bound_to).await
        };
        Ok(sent.await?)
    }

    async fn account_of(&self, phone: &Phone) -> Result<Option<AccountRow>, Fault> {
        let mut connection = self.0.store.read().await?;
        Ok(accounts::find_by_phone(&mut connection, &codes::phone_hash(&self.0, phone)).await?)
    }

    /// Begins a session, unless the account is frozen; whoever gets here may know that.
    async fn begin(&self, account: &AccountRow, field: &str) -> Result<(), ServiceError> {
        if account.frozen_at.is_some() || account.person_id.is_none() {
            return Err(ServiceError::Invalid(vec![FieldError::new(field, "error.sign-in.frozen")]));
        }
        Ok(sessions::begin(&self.0, account).await?)
    }
}

#[async_trait]
impl Accounts for AccountService {
    async fn send_code(&self, purpose: CodePurpose, phone: Option<&str>) -> Result<(), ServiceError> {
        let phone = match phone {
            Some(phone) => parse_phone(phone)?,
            None => self.draft(purpose)?.1,
        };
        let act = if purpose == CodePurpose::SignIn { Act::SignIn } else { Act::Register };
        let request = Request {
            act,
            phone: phone.clone(),
            bound_to: self.this_browser(),
            asker: self.visitor(&phone),
            language: texts::language(),
            delivery: Delivery::Sent,
        };
        codes::send(&self.0, request).await?;
        let draft = Draft { purpose, phone: phone.to_string(), proven: false, person: None };
        cookies::keep_draft(&self.0, &draft);
        Ok(())
    }

    async fn code_sent(&self, purpose: CodePurpose) -> Result<CodeSent, ServiceError> {
        let (_, phone) = self.draft(purpose)?;
        self.code_sent_to(purpose, &phone, &self.this_browser()).await
    }

    async fn sign_in_with_code(&self, code: &str) -> Result<(), ServiceError> {
        let (_, phone) = self.draft(CodePurpose::SignIn)?;
        self.use_code(CodePurpose::SignIn, &phone, self.this_browser(), code).await?;
        match self.account_of(&phone).await? {
            Some(account) => self.begin(&account, "code").await,
            // Whoever holds the phone may know that it has no account.
            None => Err(ServiceError::Invalid(vec![FieldError::new("code", "error.sign-in.no-account")])),
        }
    }

    async fn sign_in_with_password(&self, phone: &str, password: &str) -> Result<(), ServiceError> {
        let parsed = parse_phone(phone)?;
        let hash = codes::phone_hash(&self.0, &parsed);
        let known = cookies::is_known(&self.0, &hash);
        self.0.limits.password_try(&hash, &current().address, known)?;
        let account = self.account_of(&parsed).await?;
        let stored = account.as_ref().map(|account| account.password.as_str());
        let right = passwords::verify(stored, password).await.map_err(ServiceError::from)?;
        if let Some(account) = account.as_ref().filter(|_| right) {
            return self.begin(account, "password").await;
        }
        passwords::note_failure(&self.0, &parsed, account.is_some()).await?;
        Err(ServiceError::Invalid(vec![FieldError::new("password", "error.sign-in.wrong")]))
    }

    async fn confirm_phone(&self, code: &str) -> Result<(), ServiceError> {
        let (draft, phone) = self.draft(CodePurpose::Register)?;
        self.use_code(CodePurpose::Register, &phone, self.this_browser(), code).await?;
        if self.account_of(&phone).await?.is_some() {
            return Err(ServiceError::Invalid(vec![FieldError::new("code", "error.register.known")]));
        }
        cookies::keep_draft(&self.0, &Draft { proven: true, ..draft });
        Ok(())
    }

    async fn identify(&self, id_number: &str, proof: &str) -> Result<Identity, ServiceError> {
        let (draft, phone) = self.proven_draft()?;
        let id_number = IdNumber::parse(id_number).map_err(|error| {
            ServiceError::Invalid(vec![FieldError::new(
                "id_number",
                &format!("error.id-number.{}", error.code()),
            )])
        })?;
        let proof = Proof::parse(proof)?;
        let identified = identify::identify(&self.0, &phone, &id_number, &proof).await?;
        let (asked, reached, proven) = match identified {
            Identified::Proved => (phone, 1, true),
            Identified::Asked(asked) => (asked, 1, false),
            Identified::Nobody(asked) => (asked, 0, false),
        };
        let person = identify::person_id(&self.0, &id_number);
        let claimed = Claimed { person, phone: asked.to_string(), reached, proven };
        if !proven {
            self.ask_person(&draft, &claimed).await?;
        }
        cookies::keep_draft(&self.0, &Draft { person: Some(claimed), ..draft });
        Ok(if proven { Identity::Proved } else { Identity::Asked })
    }

    async fn send_person_code(&self) -> Result<(), ServiceError> {
        let (draft, claimed, _) = self.claimed_draft()?;
        self.ask_person(&draft, &claimed).await
    }

    async fn person_code_sent(&self) -> Result<CodeSent, ServiceError> {
        let (_, claimed, phone) = self.claimed_draft()?;
        self.code_sent_to(CodePurpose::ProvePerson, &phone, &self.this_claim(&claimed)).await
    }

    async fn confirm_person(&self, code: &str) -> Result<(), ServiceError> {
        let (draft, claimed, phone) = self.claimed_draft()?;
        self.use_code(CodePurpose::ProvePerson, &phone, self.this_claim(&claimed), code).await?;
        let claimed = Claimed { proven: true, ..claimed };
        cookies::keep_draft(&self.0, &Draft { person: Some(claimed), ..draft });
        Ok(())
    }

    async fn other_account(&self) -> Result<Option<String>, ServiceError> {
        let Ok((_, claimed, _)) = self.claimed_draft() else { return Ok(None) };
        if claimed.proven { Ok(register::other_account(&self.0, &claimed.person).await?) } else { Ok(None) }
    }

    async fn choose_password(&self, password: &str) -> Result<(), ServiceError> {
        let (draft, claimed, _) = self.claimed_draft()?;
        if !claimed.proven {
            return Err(ServiceError::SignedOut);
        }
        let phone = parse_phone(&draft.phone)?;
        let personal = register::personal(&self.0, &phone, &claimed.person).await?;
        passwords::check(password, &personal)?;
        let identity = IdentityLevel::Phone;
        let new = NewAccount { phone, person: claimed.person, password: password.to_owned(), identity };
        let account = create(&self.0, new).await.map_err(ServiceError::from)?;
        cookies::forget_draft();
        self.begin(&account, "password").await
    }

    async fn sign_out(&self) -> Result<(), ServiceError> {
        if let Some(session) = current().session {
            sessions::end_own(&self.0, &session).await?;
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
        Ok(texts::newest(&self.0).await?)
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
