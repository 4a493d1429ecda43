//! What the stand-in has taken and given back, journalled so that a restart forgets nothing.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;

use rules::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub out_trade_no: String,
    pub description: String,
    pub amount: i64,
    pub expires_at: Moment,
    /// NOTPAY, SUCCESS, CLOSED, PAYERROR, REFUND.
    pub state: String,
    pub transaction_id: String,
    pub paid_at: Option<Moment>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundRow {
    pub out_refund_no: String,
    pub out_trade_no: String,
    pub refund_id: String,
    pub amount: i64,
    /// PROCESSING, SUCCESS.
    pub state: String,
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
        if path.exists() {
            for line in BufReader::new(File::open(path)?).lines() {
                match serde_json::from_str(&line?) {
                    Ok(Line::Payment(payment)) => {
                        till.payments.insert(payment.out_trade_no.clone(), payment);
                    }
                    Ok(Line::Refund(refund)) => {
                        till.refunds.insert(refund.out_refund_no.clone(), refund);
                    }
                    // The last line of a process that was killed.
                    Err(_) => break,
                }
            }
        }
        till.journal = Some(Arc::new(OpenOptions::new().create(true).append(true).open(path)?));
        Ok(till)
    }

    pub fn keep(&mut self, payment: Payment) {
        self.write(&Line::Payment(payment.clone()));
        self.payments.insert(payment.out_trade_no.clone(), payment);
    }

    pub fn keep_refund(&mut self, refund: RefundRow) {
        self.write(&Line::Refund(refund.clone()));
        self.refunds.insert(refund.out_refund_no.clone(), refund);
    }

    fn write(&self, line: &Line) {
        let Some(mut journal) = self.journal.as_deref() else { return };
        let written = serde_json::to_string(line)
            .map_err(std::io::Error::from)
            .and_then(|text| writeln!(journal, "{text}"));
        if let Err(error) = written {
            tracing::error!(%error, "the sandbox's journal");
        }
    }
}
