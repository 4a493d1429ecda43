//! Signing in and registering, step by step. A draft carries what is known from one step to the next.

use app::api::ServiceError;
use app::api::account::{CodePurpose, CodeSent, Identity};
use app::visit::FieldError;
use rules::person::{IdNumber, IdentityLevel, Phone};
use serde::{Deserialize, Serialize};

use super::budgets::Asker;
use super::codes::{self, Request};
use super::identify::{self, Identified, Proof};
use super::passwords;
use super::register::{self, NewAccount, create};
use super::sessions::{self, SignedIn};
use super::texts::{self, Act, Delivery};
use crate::caller::Visitor;
use crate::db::Fault;
use crate::db::accounts::{self, AccountRow};
use crate::state::State;

/// The state of signing in or registering, which the browser carries from step to step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Draft {
    purpose: CodePurpose,
    phone: String,
    /// The phone answered its code.
    proven: bool,
    /// The person that the applicant claims to be.
    person: Option<Claimed>,
}

/// The person that somebody says to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claimed {
    person: String,
    /// The phone whose code proves it.
    phone: String,
    /// 1 where codes go out to the phone; a digit, so that the draft is as long where they do not.
    reached: u8,
    proven: bool,
}

/// The steps of one browser.
pub struct Steps<'a> {
    pub state: &'a State,
    pub visitor: Visitor,
    pub draft: Option<Draft>,
}

fn parse_phone(phone: &str) -> Result<Phone, ServiceError> {
    Phone::parse(phone).map_err(|_| ServiceError::Invalid(vec![FieldError::new("phone", "error.phone")]))
}

impl Steps<'_> {
    /// The draft of the purpose with its phone. Without one the steps have lapsed.
    fn begun(&self, purpose: CodePurpose) -> Result<(Draft, Phone), ServiceError> {
        let draft = self.draft.clone().filter(|draft| draft.purpose == purpose);
        let draft = draft.ok_or(ServiceError::SignedOut)?;
        let phone = parse_phone(&draft.phone)?;
        Ok((draft, phone))
    }

    /// The registration whose phone has answered.
    fn proven(&self) -> Result<(Draft, Phone), ServiceError> {
        let (draft, phone) = self.begun(CodePurpose::Register)?;
        if draft.proven { Ok((draft, phone)) } else { Err(ServiceError::SignedOut) }
    }

    /// The registration with the person that it is said to be for, and the phone that proves it.
    fn claimed(&self) -> Result<(Draft, Claimed, Phone), ServiceError> {
        let (draft, _) = self.proven()?;
        let claimed = draft.person.clone().ok_or(ServiceError::SignedOut)?;
        let phone = parse_phone(&claimed.phone)?;
        Ok((draft, claimed, phone))
    }

    /// The key that a code is bound to before there is a session: a hash, so that the store holds no cookie in clear.
    fn this_browser(&self) -> String {
        self.state.sealer.look_up("visit", &self.visitor.visit_id)
    }

    /// The key that a code which proves the person is bound to.
    fn this_claim(&self, claimed: &Claimed) -> String {
        self.state.sealer.look_up("claim", &format!("{}:{}", self.visitor.visit_id, claimed.person))
    }

    fn asker(&self, known: bool) -> Asker {
        Asker::Visitor { address: self.visitor.address.clone(), browser: self.this_browser(), known }
    }

    /// True where the phone's owner has signed in with this browser before.
    fn knows(&self, phone_hash: &str) -> bool {
        self.visitor.known_phones.iter().any(|known| known == phone_hash)
    }

    /// Sends the code that proves the person.
    async fn ask_person(&self, draft: &Draft, claimed: &Claimed) -> Result<(), ServiceError> {
        let request = Request {
            act: Act::ProvePerson { phone: parse_phone(&draft.phone)?.masked() },
            phone: parse_phone(&claimed.phone)?,
            bound_to: self.this_claim(claimed),
            asker: self.asker(false),
            language: texts::language(),
            delivery: if claimed.reached == 1 { Delivery::Sent } else { Delivery::Unsent },
        };
        codes::send(self.state, request).await
    }

    async fn use_code(
        &self,
        purpose: CodePurpose,
        phone: &Phone,
        bound_to: String,
        code: &str,
    ) -> Result<(), ServiceError> {
        let (state, hash, code) = (self.state.clone(), codes::phone_hash(self.state, phone), code.to_owned());
        let checked = self.state.store.write(
            (state, hash, code, bound_to),
            move |connection, (state, hash, code, bound_to)| {
                Box::pin(
                    async move { codes::check(connection, &state, purpose, &hash, &bound_to, &code).await },
                )
            },
        );
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
    ) -> Result<CodeSent, Fault> {
        let mut connection = self.state.store.read().await?;
        codes::sent(&mut connection, self.state, purpose, phone, bound_to).await
    }

    async fn account_of(&self, phone: &Phone) -> Result<Option<AccountRow>, Fault> {
        let mut connection = self.state.store.read().await?;
        Ok(accounts::find_by_phone(&mut connection, &codes::phone_hash(self.state, phone)).await?)
    }

    /// Begins a session, unless the account is frozen; whoever gets here may know that.
    async fn begin(&self, account: &AccountRow, field: &str) -> Result<SignedIn, ServiceError> {
        if account.frozen_at.is_some() || account.person_id.is_none() {
            return Err(ServiceError::Invalid(vec![FieldError::new(field, "error.sign-in.frozen")]));
        }
        Ok(sessions::begin(self.state, &self.visitor, account).await?)
    }

    /// Sends a code to the phone, or to the draft's once more.
    pub async fn send_code(&self, purpose: CodePurpose, phone: Option<&str>) -> Result<Draft, ServiceError> {
        let phone = match phone {
            Some(phone) => parse_phone(phone)?,
            None => self.begun(purpose)?.1,
        };
        let request = Request {
            act: if purpose == CodePurpose::SignIn { Act::SignIn } else { Act::Register },
            phone: phone.clone(),
            bound_to: self.this_browser(),
            asker: self.asker(self.knows(&codes::phone_hash(self.state, &phone))),
            language: texts::language(),
            delivery: Delivery::Sent,
        };
        codes::send(self.state, request).await?;
        Ok(Draft { purpose, phone: phone.to_string(), proven: false, person: None })
    }

    pub async fn code_sent(&self, purpose: CodePurpose) -> Result<CodeSent, ServiceError> {
        let (_, phone) = self.begun(purpose)?;
        Ok(self.code_sent_to(purpose, &phone, &self.this_browser()).await?)
    }

    pub async fn sign_in_with_code(&self, code: &str) -> Result<SignedIn, ServiceError> {
        let (_, phone) = self.begun(CodePurpose::SignIn)?;
        self.use_code(CodePurpose::SignIn, &phone, self.this_browser(), code).await?;
        match self.account_of(&phone).await? {
            Some(account) => self.begin(&account, "code").await,
            // Whoever holds the phone may know that it has no account.
            None => Err(ServiceError::Invalid(vec![FieldError::new("code", "error.sign-in.no-account")])),
        }
    }

    pub async fn sign_in_with_password(&self, phone: &str, password: &str) -> Result<SignedIn, ServiceError> {
        let parsed = parse_phone(phone)?;
        let hash = codes::phone_hash(self.state, &parsed);
        self.state.limits.password_try(&hash, &self.visitor.address, self.knows(&hash))?;
        let account = self.account_of(&parsed).await?;
        let stored = account.as_ref().map(|account| account.password.as_str());
        let right = passwords::verify(stored, password).await.map_err(ServiceError::from)?;
        if let Some(account) = account.as_ref().filter(|_| right) {
            return self.begin(account, "password").await;
        }
        passwords::note_failure(self.state, &parsed, account.is_some()).await?;
        Err(ServiceError::Invalid(vec![FieldError::new("password", "error.sign-in.wrong")]))
    }

    pub async fn confirm_phone(&self, code: &str) -> Result<Draft, ServiceError> {
        let (draft, phone) = self.begun(CodePurpose::Register)?;
        self.use_code(CodePurpose::Register, &phone, self.this_browser(), code).await?;
        if self.account_of(&phone).await?.is_some() {
            return Err(ServiceError::Invalid(vec![FieldError::new("code", "error.register.known")]));
        }
        Ok(Draft { proven: true, ..draft })
    }

    pub async fn identify(&self, id_number: &str, proof: &str) -> Result<(Draft, Identity), ServiceError> {
        let (draft, phone) = self.proven()?;
        let id_number = IdNumber::parse(id_number).map_err(|error| {
            ServiceError::Invalid(vec![FieldError::new(
                "id_number",
                &format!("error.id-number.{}", error.code()),
            )])
        })?;
        let proof = Proof::parse(proof)?;
        let identified = identify::identify(self.state, &phone, &id_number, &proof).await?;
        let (asked, reached, proven) = match identified {
            Identified::Proved => (phone, 1, true),
            Identified::Asked(asked) => (asked, 1, false),
            Identified::Nobody(asked) => (asked, 0, false),
        };
        let person = identify::person_id(self.state, &id_number);
        let claimed = Claimed { person, phone: asked.to_string(), reached, proven };
        if !proven {
            self.ask_person(&draft, &claimed).await?;
        }
        let identity = if proven { Identity::Proved } else { Identity::Asked };
        Ok((Draft { person: Some(claimed), ..draft }, identity))
    }

    pub async fn send_person_code(&self) -> Result<(), ServiceError> {
        let (draft, claimed, _) = self.claimed()?;
        self.ask_person(&draft, &claimed).await
    }

    pub async fn person_code_sent(&self) -> Result<CodeSent, ServiceError> {
        let (_, claimed, phone) = self.claimed()?;
        Ok(self.code_sent_to(CodePurpose::ProvePerson, &phone, &self.this_claim(&claimed)).await?)
    }

    pub async fn confirm_person(&self, code: &str) -> Result<Draft, ServiceError> {
        let (draft, claimed, phone) = self.claimed()?;
        self.use_code(CodePurpose::ProvePerson, &phone, self.this_claim(&claimed), code).await?;
        Ok(Draft { person: Some(Claimed { proven: true, ..claimed }), ..draft })
    }

    /// The masked phone of another account that the proved person has.
    pub async fn other_account(&self) -> Result<Option<String>, ServiceError> {
        let Ok((_, claimed, _)) = self.claimed() else { return Ok(None) };
        if claimed.proven {
            Ok(register::other_account(self.state, &claimed.person).await?)
        } else {
            Ok(None)
        }
    }

    /// Makes the account and begins its first session.
    pub async fn choose_password(&self, password: &str) -> Result<SignedIn, ServiceError> {
        let (draft, claimed, _) = self.claimed()?;
        if !claimed.proven {
            return Err(ServiceError::SignedOut);
        }
        let phone = parse_phone(&draft.phone)?;
        let personal = register::personal(self.state, &phone, &claimed.person).await?;
        passwords::check(password, &personal)?;
        let new = NewAccount {
            phone,
            person: claimed.person,
            password: password.to_owned(),
            identity: IdentityLevel::Phone,
            address: self.visitor.address.clone(),
        };
        let account = create(self.state, new).await.map_err(ServiceError::from)?;
        self.begin(&account, "password").await
    }
}
