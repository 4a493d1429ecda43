//! Orders for pages and forms.

use app::api::ServiceError;
use app::api::account::{CodePurpose, CodeSent};
use app::api::orders::{Agreement, OrderView, Orders, Placed, Proposed, Receipt};
use app::visit::FieldError;
use async_trait::async_trait;

use crate::http::current::{current, person};
use crate::http::devices;
use crate::services::accounts::codes;
use crate::services::orders;
use crate::services::orders::application::{self, OrderApplication};
use crate::services::orders::selection::Chosen;
use crate::state::State;

pub struct OrderPages(pub State);

#[async_trait]
impl Orders for OrderPages {
    async fn propose(&self, vehicle: &str, records: &[String]) -> Result<Proposed, ServiceError> {
        let person = person()?;
        Ok(orders::propose(&self.0, &person, &Chosen::ticked(vehicle, records)?).await?)
    }

    async fn send_code(
        &self,
        vehicle: &str,
        records: &[String],
        agreement: &Agreement,
    ) -> Result<(), ServiceError> {
        let person = person()?;
        orders::send_code(&self.0, &person, &Chosen::parse(vehicle, records)?, agreement).await
    }

    async fn code_sent(&self, vehicle: &str, records: &[String]) -> Result<CodeSent, ServiceError> {
        let person = person()?;
        let digest = Chosen::parse(vehicle, records)?.digest();
        codes::sent_to_person(&self.0, &person, CodePurpose::PlaceOrder, &digest).await
    }

    async fn place(
        &self,
        key: &str,
        vehicle: &str,
        records: &[String],
        code: &str,
        agreement: &Agreement,
    ) -> Result<Placed, ServiceError> {
        let application = OrderApplication {
            chosen: Chosen::parse(vehicle, records)?,
            code: code.to_owned(),
            agreement: agreement.clone(),
        };
        Ok(application::place(&self.0, person()?, key.to_owned(), application).await?)
    }

    async fn pay(&self, order: &str) -> Result<String, ServiceError> {
        let person = person()?;
        match not_payable_here() {
            Some(text) => Err(ServiceError::Invalid(vec![FieldError::new("", text)])),
            None => Ok(orders::pay(&self.0, person, current().ip, order).await?),
        }
    }

    async fn cancel(&self, order: &str) -> Result<(), ServiceError> {
        Ok(orders::cancel(&self.0, &person()?, order).await?)
    }

    async fn order(&self, order: &str) -> Result<OrderView, ServiceError> {
        let person = person()?;
        let view = orders::find(&self.0, &person, order).await?;
        Ok(OrderView { not_payable_here: not_payable_here().map(Into::into), ..view })
    }

    async fn orders(&self) -> Result<Vec<OrderView>, ServiceError> {
        Ok(orders::all(&self.0, &person()?).await?)
    }

    async fn receipt(&self, number: &str) -> Result<Receipt, ServiceError> {
        Ok(orders::receipt(&self.0, &person()?, number).await?)
    }

    async fn receipts(&self) -> Result<Vec<Receipt>, ServiceError> {
        Ok(orders::receipts(&self.0, &person()?).await?)
    }
}

/// WeChat's own browser cannot open its payment page for other browsers.
fn not_payable_here() -> Option<&'static str> {
    current().device.starts_with(devices::WECHAT).then_some("error.payment.inside-wechat")
}
