//! Vehicles and records for pages and forms.

use app::api::ServiceError;
use app::api::account::CodeSent;
use app::api::violations::{Attention, OwnVehicle, RecordDetail, VehicleRecords, Violations};
use async_trait::async_trait;

use crate::http::current::person;
use crate::services::violations::dispute::{self, Disputed};
use crate::services::violations::{self, attention, vehicles};
use crate::state::State;

pub struct ViolationPages(pub State);

fn disputed(vehicle: &str, record: &str) -> Disputed {
    Disputed { vehicle: vehicle.to_owned(), record: record.to_owned() }
}

#[async_trait]
impl Violations for ViolationPages {
    async fn vehicles(&self) -> Result<Vec<OwnVehicle>, ServiceError> {
        Ok(vehicles::of(&self.0, &person()?).await?)
    }

    async fn records(&self, vehicle: &str) -> Result<VehicleRecords, ServiceError> {
        Ok(violations::records(&self.0, &person()?, vehicle).await?)
    }

    async fn record(&self, vehicle: &str, record: &str) -> Result<RecordDetail, ServiceError> {
        Ok(violations::record_detail(&self.0, &person()?, vehicle, record).await?)
    }

    async fn send_dispute_code(&self, vehicle: &str, record: &str) -> Result<(), ServiceError> {
        dispute::send_code(&self.0, &person()?, &disputed(vehicle, record)).await
    }

    async fn dispute_code_sent(&self, vehicle: &str, record: &str) -> Result<CodeSent, ServiceError> {
        dispute::code_sent(&self.0, &person()?, &disputed(vehicle, record)).await
    }

    async fn dispute(&self, vehicle: &str, record: &str, code: &str) -> Result<(), ServiceError> {
        dispute::dispute(&self.0, &person()?, &disputed(vehicle, record), code).await
    }

    async fn withdraw_dispute(&self, vehicle: &str, record: &str) -> Result<(), ServiceError> {
        Ok(dispute::withdraw(&self.0, &person()?, &disputed(vehicle, record)).await?)
    }

    async fn attention(&self) -> Result<Vec<Attention>, ServiceError> {
        Ok(attention::due(&self.0, &person()?).await?)
    }
}
