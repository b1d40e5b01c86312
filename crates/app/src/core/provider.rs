//! The city's own identity provider (OpenID Connect). Only the settings; `jianjia-identity` speaks with it.

use anyhow::{Context, Result, ensure};
use jianjia_domain::core::provider::Matched;
use jianjia_standard::Text;

/// The path to which the provider sends people back: it is registered there, with the address before it.
pub const RETURN: &str = "/sign-in/provider/return";

/// What is set up. A secret is in it: it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    /// As its own documents say it, exactly.
    pub issuer: String,
    pub client_id: String,
    /// Empty: the provider gave none.
    pub client_secret: String,
    /// The address of this program before `RETURN`, without a slash at its end.
    pub address: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that names the account.
    pub claim: String,
    pub matched: Matched,
    /// What people call it, on the button.
    pub label: Text,
    pub passwords: Passwords,
    pub factor: Factor,
}

/// Whether passwords are taken as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passwords {
    #[default]
    Stay,
    End,
}

/// Whether accounts with a second factor are asked for it after a sign-in at the provider. Before what matters most they are asked in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Factor {
    #[default]
    Asked,
    /// The provider asks for one of its own.
    Trusted,
}

impl Provider {
    /// Where the provider sends people back to.
    pub fn return_address(&self) -> String {
        format!("{}{RETURN}", self.address)
    }

    /// # Errors
    /// When the settings can't be used: the sentence names which.
    pub fn checked(self) -> Result<Provider> {
        is_safe(&self.issuer).context("provider issuer")?;
        ensure!(
            !self.address.is_empty(),
            "address is missing: the provider sends people back to it, so say by which address they reach the program"
        );
        is_safe(&self.address).context("address, with a provider")?;
        ensure!(
            !self.client_id.is_empty(),
            "provider client_id is missing: the provider gives it to programs that are registered there"
        );
        ensure!(
            !self.claim.is_empty(),
            "provider claim is missing: name what the provider says of people that accounts are matched by, such as preferred_username or phone_number"
        );
        Ok(self)
    }
}

/// Over https, or on this machine.
fn is_safe(address: &str) -> Result<()> {
    let rest = address.strip_prefix("http://");
    let host = rest.map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    let is_here = host.is_some_and(|host| ["localhost", "127.0.0.1"].contains(&host));
    ensure!(
        is_here || address.starts_with("https://"),
        "{address} must begin with https:// (http:// only on this machine)"
    );
    ensure!(
        !address.contains(['?', '#']),
        "{address} must have neither ? nor #"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_and_program_are_reached_by_https() {
        let provider = |issuer: &str, address: &str| {
            Provider {
                issuer: issuer.to_owned(),
                client_id: "jianjia".to_owned(),
                client_secret: String::new(),
                address: address.to_owned(),
                scopes: Vec::new(),
                claim: "sub".to_owned(),
                matched: Matched::Login,
                label: Text::default(),
                passwords: Passwords::Stay,
                factor: Factor::Asked,
            }
            .checked()
        };
        let (there, here) = ("https://id.example/realms/a", "https://jianjia.example");
        assert!(provider(there, here).is_ok());
        assert!(provider("http://127.0.0.1:9/", "http://localhost:8016").is_ok());
        for (issuer, address) in [
            ("http://id.example", here),
            ("http://127.0.0.1.example/", here),
            ("https://id.example/?a", here),
            (there, ""),
            (there, "http://jianjia.example"),
            ("", here),
        ] {
            assert!(provider(issuer, address).is_err(), "{issuer} {address}");
        }
    }
}
