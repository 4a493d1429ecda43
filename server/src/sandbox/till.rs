//! The ledger of the sandbox: payments and refunds, journalled so that a restart keeps them.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rules::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub out_trade_no: String,
    pub description: String,
    pub amount: i64,
    /// The part of it that the person pays.
    pub payer_amount: i64,
    pub expires_at: Moment,
    pub notify_url: String,
    /// The person's address by the merchant's word.
    pub payer_ip: IpAddr,
    /// When the link to the payment page was given last.
    pub issued_at: Moment,
    pub prepay_id: String,
    /// NOTPAY, SUCCESS, CLOSED, PAYERROR, REFUND.
    pub state: String,
    pub transaction_id: String,
    pub paid_at: Option<Moment>,
}

/// Whether a payment after its time is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    Kept,
    /// Money that was on its way when the time ended.
    Overrun,
}

impl Payment {
    fn is_payable(&self, now: Moment, deadline: Deadline) -> bool {
        let in_time = now < self.expires_at || deadline == Deadline::Overrun;
        self.paid_at.is_none() && self.state != "CLOSED" && in_time
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundRow {
    pub out_refund_no: String,
    pub out_trade_no: String,
    pub refund_id: String,
    pub transaction_id: String,
    pub amount: i64,
    /// The payment's total by the merchant's word.
    pub total: i64,
    pub notify_url: String,
    /// PROCESSING, SUCCESS, CLOSED, ABNORMAL.
    pub state: String,
    pub asked_at: Moment,
}

/// What came of closing a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    Unknown,
    AlreadyPaid,
    Closed,
}

/// Why a refund is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRefund {
    NotPaid,
    TooMuch,
    OtherAmount,
}

#[derive(Serialize, Deserialize)]
enum Line {
    Payment(Payment),
    Refund(RefundRow),
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Till {
    pub payments: BTreeMap<String, Payment>,
    pub refunds: BTreeMap<String, RefundRow>,
    #[serde(skip)]
    journal: Option<Arc<File>>,
}

impl Till {
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let mut till = Self::default();
        let written = if path.exists() { std::fs::read(path)? } else { Vec::new() };
        for line in written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(Line::Payment(payment)) => {
                    till.payments.insert(payment.out_trade_no.clone(), payment);
                }
                Ok(Line::Refund(refund)) => {
                    till.refunds.insert(refund.out_refund_no.clone(), refund);
                }
                // A process was killed while it wrote this; what others wrote after it counts.
                Err(error) => tracing::warn!(%error, "a line of the sandbox's journal is torn"),
            }
        }
        let mut journal = OpenOptions::new().create(true).append(true).open(path)?;
        if written.last().is_some_and(|byte| *byte != b'\n') {
            journal.write_all(b"\n")?;
        }
        till.journal = Some(Arc::new(journal));
        Ok(till)
    }

    /// The payment that the page of this number is for.
    pub fn on_page(&self, prepay_id: &str) -> Option<&Payment> {
        self.payments.values().find(|payment| payment.prepay_id == prepay_id)
    }

    /// The payment that was made under the platform's own number.
    pub fn paid_as(&self, transaction_id: &str) -> Option<&Payment> {
        let mut paid = self.payments.values().filter(|payment| payment.paid_at.is_some());
        paid.find(|payment| payment.transaction_id == transaction_id)
    }

    /// Takes the money, unless it was taken before, the payment was closed, or it is too late; `None` then. So much more
    /// is taken than was asked for, and so much of it is the platform's own.
    pub fn take(
        &mut self,
        number: &str,
        now: Moment,
        deadline: Deadline,
        (more, coupon): (i64, i64),
    ) -> Option<Payment> {
        let known = self.payments.get(number).filter(|payment| payment.is_payable(now, deadline))?;
        let amount = known.amount + more;
        let payer_amount = amount - coupon;
        let paid =
            Payment { state: "SUCCESS".into(), paid_at: Some(now), amount, payer_amount, ..known.clone() };
        self.keep(paid.clone());
        Some(paid)
    }

    /// The person's bank says no; another try is possible.
    pub fn decline(&mut self, number: &str, now: Moment) -> Option<Payment> {
        let known = self.payments.get(number).filter(|payment| payment.is_payable(now, Deadline::Kept))?;
        let declined = Payment { state: "PAYERROR".into(), ..known.clone() };
        self.keep(declined.clone());
        Some(declined)
    }

    pub fn close(&mut self, number: &str) -> Closing {
        match self.payments.get(number).cloned() {
            None => Closing::Unknown,
            Some(payment) if payment.paid_at.is_some() => Closing::AlreadyPaid,
            Some(payment) => {
                self.keep(Payment { state: "CLOSED".into(), ..payment });
                Closing::Closed
            }
        }
    }

    /// Notes a refund, or finds the one of the same number; all refunds together are never more than was paid.
    pub fn refund(&mut self, asked: RefundRow) -> Result<RefundRow, NoRefund> {
        let payment = self.payments.get(&asked.out_trade_no).filter(|payment| payment.paid_at.is_some());
        let payment = payment.cloned().ok_or(NoRefund::NotPaid)?;
        if let Some(known) = self.refunds.get(&asked.out_refund_no) {
            let same = (known.amount, known.total) == (asked.amount, asked.total)
                && known.out_trade_no == asked.out_trade_no;
            return if same { Ok(known.clone()) } else { Err(NoRefund::OtherAmount) };
        }
        let refunds = self.refunds.values();
        let refunds = refunds.filter(|row| row.out_trade_no == asked.out_trade_no && row.state != "CLOSED");
        let given: i64 = refunds.map(|row| row.amount).sum();
        if asked.total != payment.amount {
            return Err(NoRefund::OtherAmount);
        }
        if asked.amount <= 0 || given.saturating_add(asked.amount) > payment.amount {
            return Err(NoRefund::TooMuch);
        }
        let noted = RefundRow { transaction_id: payment.transaction_id.clone(), ..asked };
        self.keep(Payment { state: "REFUND".into(), ..payment });
        self.keep_refund(noted.clone());
        Ok(noted)
    }

    /// Brings a refund that has not ended into the state; `None` where it is unknown, ended or in it before.
    pub fn move_refund(&mut self, number: &str, state: &str) -> Option<RefundRow> {
        let open = |row: &&RefundRow| matches!(row.state.as_str(), "PROCESSING" | "ABNORMAL");
        let known = self.refunds.get(number).filter(open).filter(|row| row.state != state)?;
        let done = RefundRow { state: state.into(), ..known.clone() };
        self.keep_refund(done.clone());
        Some(done)
    }

    pub fn keep(&mut self, payment: Payment) {
        self.write(&Line::Payment(payment.clone()));
        self.payments.insert(payment.out_trade_no.clone(), payment);
    }

    fn keep_refund(&mut self, refund: RefundRow) {
        self.write(&Line::Refund(refund.clone()));
        self.refunds.insert(refund.out_refund_no.clone(), refund);
    }

    fn write(&self, line: &Line) {
        let Some(mut journal) = self.journal.as_deref() else { return };
        // One write for the whole line, so that a kill leaves it out or leaves it whole.
        let written = serde_json::to_string(line)
            .map_err(std::io::Error::from)
            .and_then(|text| journal.write_all(format!("{text}\n").as_bytes()));
        if let Err(error) = written {
            tracing::error!(%error, "the journal of the sandbox could not be written");
        }
    }
}
