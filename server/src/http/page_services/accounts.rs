//! Accounts for pages and forms. Drafts, sessions and known phones are kept in cookies.

use app::api::ServiceError;
use app::api::account::{Accounts, CodePurpose, CodeSent, Identity, LicenceCard, OutboxText, SessionCard};
use app::visit::Preferences;
use async_trait::async_trait;

use crate::caller::Visitor;
use crate::http::cookies;
use crate::http::current::{current, person, session};
use crate::services::accounts::{self, SignedIn, Steps, sessions, texts};
use crate::state::State;

pub struct AccountPages(pub State);

impl AccountPages {
    fn steps(&self) -> Steps<'_> {
        let current = current();
        let visitor = Visitor {
            visit_id: current.visit_id,
            address: current.address,
            device: current.device,
            known_phones: cookies::known(&self.0),
            session: current.session,
        };
        Steps { state: &self.0, visitor, draft: cookies::draft(&self.0) }
    }

    fn keep(&self, signed_in: &SignedIn) {
        cookies::keep_session(&signed_in.token);
        cookies::remember(&self.0, &signed_in.phone_hash);
    }
}

#[async_trait]
impl Accounts for AccountPages {
    async fn send_code(&self, purpose: CodePurpose, phone: Option<&str>) -> Result<(), ServiceError> {
        let draft = self.steps().send_code(purpose, phone).await?;
        cookies::keep_draft(&self.0, &draft);
        Ok(())
    }

    async fn code_sent(&self, purpose: CodePurpose) -> Result<CodeSent, ServiceError> {
        self.steps().code_sent(purpose).await
    }

    async fn sign_in_with_code(&self, code: &str) -> Result<(), ServiceError> {
        let signed_in = self.steps().sign_in_with_code(code).await?;
        self.keep(&signed_in);
        Ok(())
    }

    async fn sign_in_with_password(&self, phone: &str, password: &str) -> Result<(), ServiceError> {
        let signed_in = self.steps().sign_in_with_password(phone, password).await?;
        self.keep(&signed_in);
        Ok(())
    }

    async fn confirm_phone(&self, code: &str) -> Result<(), ServiceError> {
        let draft = self.steps().confirm_phone(code).await?;
        cookies::keep_draft(&self.0, &draft);
        Ok(())
    }

    async fn identify(&self, id_number: &str, proof: &str) -> Result<Identity, ServiceError> {
        let (draft, identity) = self.steps().identify(id_number, proof).await?;
        cookies::keep_draft(&self.0, &draft);
        Ok(identity)
    }

    async fn send_person_code(&self) -> Result<(), ServiceError> {
        self.steps().send_person_code().await
    }

    async fn person_code_sent(&self) -> Result<CodeSent, ServiceError> {
        self.steps().person_code_sent().await
    }

    async fn confirm_person(&self, code: &str) -> Result<(), ServiceError> {
        let draft = self.steps().confirm_person(code).await?;
        cookies::keep_draft(&self.0, &draft);
        Ok(())
    }

    async fn other_account(&self) -> Result<Option<String>, ServiceError> {
        self.steps().other_account().await
    }

    async fn choose_password(&self, password: &str) -> Result<(), ServiceError> {
        let signed_in = self.steps().choose_password(password).await?;
        cookies::forget_draft();
        self.keep(&signed_in);
        Ok(())
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
        Ok(sessions::end(&self.0, &person()?.account_id, id).await?)
    }

    async fn licence(&self) -> Result<Option<LicenceCard>, ServiceError> {
        Ok(accounts::licence(&self.0, &person()?).await?)
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
