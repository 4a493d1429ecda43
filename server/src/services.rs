//! Services. Each loads facts, asks `rules`, and stores the result in one transaction.

pub mod accounts;
pub mod orders;
pub mod portal;
pub mod violations;

use crate::engine::Procedures;

/// The procedures of all services.
pub fn procedures() -> Procedures {
    Procedures::new(vec![Box::new(orders::procedure::CameraOrders)])
}
