//! A provider between the program and the sandbox: it counts what it is asked, and answers nothing when told so.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::NaiveDate;
use server::gateways::payment::{
    Bill, Notification, NotificationError, PaymentPage, PaymentProvider, PaymentRequest, ProviderError,
    ProviderPayment, ProviderRefund, RefundRequest,
};

use crate::world::World;

pub struct Watched {
    real: Arc<dyn PaymentProvider>,
    asked: Mutex<Vec<&'static str>>,
    silent: AtomicBool,
}

impl Watched {
    /// Stands before the world's provider from now on.
    pub fn before(world: &mut World) -> Arc<Self> {
        let real = Arc::clone(&world.state.payment);
        let watched = Arc::new(Self { real, asked: Mutex::default(), silent: AtomicBool::new(false) });
        world.state.payment = Arc::<Self>::clone(&watched);
        watched
    }

    /// How often it was asked this.
    pub fn asked(&self, what: &str) -> usize {
        self.asked.lock().expect("the questions").iter().filter(|asked| **asked == what).count()
    }

    /// From now on nothing is answered.
    pub fn hush(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    async fn hears(&self, what: &'static str) {
        self.asked.lock().expect("the questions").push(what);
        if self.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl PaymentProvider for Watched {
    fn name(&self) -> &'static str {
        self.real.name()
    }

    async fn open(&self, request: PaymentRequest) -> Result<PaymentPage, ProviderError> {
        self.hears("open").await;
        self.real.open(request).await
    }

    async fn query(&self, out_trade_no: &str) -> Result<ProviderPayment, ProviderError> {
        self.hears("query").await;
        self.real.query(out_trade_no).await
    }

    async fn close(&self, out_trade_no: &str) -> Result<(), ProviderError> {
        self.hears("close").await;
        self.real.close(out_trade_no).await
    }

    async fn refund(&self, request: RefundRequest) -> Result<ProviderRefund, ProviderError> {
        self.hears("refund").await;
        self.real.refund(request).await
    }

    async fn query_refund(&self, request: &RefundRequest) -> Result<ProviderRefund, ProviderError> {
        self.hears("query-refund").await;
        self.real.query_refund(request).await
    }

    async fn bill(&self, day: NaiveDate) -> Result<Option<Bill>, ProviderError> {
        self.hears("bill").await;
        self.real.bill(day).await
    }

    fn read_notification(
        &self,
        headers: &http::HeaderMap,
        body: &[u8],
    ) -> Result<Notification, NotificationError> {
        self.real.read_notification(headers, body)
    }
}
