//! Steps that several tests take: registering, signing in by code, disputing.

use crate::support::{Answer, Browser, Site};

impl Browser {
    /// Asks for a code for signing in.
    pub async fn ask_to_sign_in(&self, phone: &str) -> Answer {
        self.submit("/sign-in", "/api/sign-in/code/send", &[("phone", phone)]).await
    }

    /// Registers up to the question who it is.
    pub async fn prove_phone(&self, site: &Site, phone: &str) {
        // The newest code is then surely this one.
        site.seconds_pass(1);
        let sent = self.submit("/register", "/api/register/code/send", &[("phone", phone)]).await;
        let code = site.world.newest_code().await;
        let next = self.submit(sent.location(), "/api/register/code", &[("code", &code)]).await;
        assert_eq!(next.location(), "/register/identity");
    }

    /// Says who it is, and gives where that leads.
    pub async fn identify(&self, id_number: &str, proof: &str) -> String {
        let fields = [("id_number", id_number), ("proof", proof)];
        let sent = self.submit("/register/identity", "/api/register/identity", &fields).await;
        sent.location().to_owned()
    }

    /// Types the code that went to the registry's phone.
    pub async fn prove_person(&self, code: &str) -> String {
        let (page, action) = ("/register/identity/code", "/api/register/identity/code");
        self.submit(page, action, &[("code", code)]).await.location().to_owned()
    }

    pub async fn choose_password(&self, password: &str) -> String {
        let sent =
            self.submit("/register/password", "/api/register/password", &[("password", password)]).await;
        sent.location().to_owned()
    }

    /// Asks for the code that confirms a dispute; gives the answer and, where one was sent, the code.
    pub async fn ask_to_dispute(&self, site: &Site, vehicle: &str, record: &str) -> (Answer, Option<String>) {
        site.seconds_pass(1);
        let token = self.token().await;
        let fields = [("csrf", token.as_str()), ("vehicle", vehicle), ("record", record)];
        let sent = self.post("/api/records/dispute/code/send", &fields).await;
        let code = match sent.location().ends_with("/dispute/confirm") {
            true => Some(site.world.newest_code().await),
            false => None,
        };
        (sent, code)
    }

    /// Disputes the record by its code, and gives where that leads.
    pub async fn dispute(&self, site: &Site, vehicle: &str, record: &str) -> String {
        let (sent, code) = self.ask_to_dispute(site, vehicle, record).await;
        let Some(code) = code else { return sent.location().to_owned() };
        let done = self.submit(sent.location(), "/api/records/dispute", &[("code", &code)]).await;
        done.location().to_owned()
    }
}
