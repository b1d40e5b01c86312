//! The settings of the city's identity provider. A flag overrides the environment, which overrides the file.

use anyhow::{Context, Result, ensure};
use clap::{Args, builder::BoolishValueParser};
use jianjia_app::core::provider::{Factor, Passwords, Provider};
use jianjia_domain::core::provider::Matched;
use jianjia_standard::Text;
use serde::Deserialize;

use crate::{instance::Configuration, private};

/// The flags. The secret is no flag: what is typed stands in the list of processes.
#[derive(Args, Clone)]
pub struct ProviderFlags {
    /// Identity provider (OpenID Connect) by which people sign in: its issuer, https://… [default: none]
    #[arg(long, env = "JIANJIA_PROVIDER_ISSUER")]
    provider_issuer: Option<String>,
    /// The name of this program at the provider
    #[arg(long, env = "JIANJIA_PROVIDER_CLIENT_ID")]
    provider_client_id: Option<String>,
    /// File that holds the provider's secret, which its owner alone may read; or the secret itself in JIANJIA_PROVIDER_CLIENT_SECRET
    #[arg(long, env = "JIANJIA_PROVIDER_SECRET_FILE")]
    provider_secret_file: Option<std::path::PathBuf>,
    /// The claim that names the account: preferred_username, phone_number, email, or another
    #[arg(long, env = "JIANJIA_PROVIDER_CLAIM")]
    provider_claim: Option<String>,
    /// What the claim is compared with: login or telephone [default: login]
    #[arg(long, env = "JIANJIA_PROVIDER_MATCH")]
    provider_match: Option<String>,
    /// What is asked for beside openid, separated by blanks [default: profile, phone or email, as the claim needs]
    #[arg(long, env = "JIANJIA_PROVIDER_SCOPES")]
    provider_scopes: Option<String>,
    /// The words of the button in Chinese [default: 统一身份认证登录]
    #[arg(long, env = "JIANJIA_PROVIDER_LABEL")]
    provider_label: Option<String>,
    /// The words of the button in English [default: Sign in by the identity provider]
    #[arg(long, env = "JIANJIA_PROVIDER_LABEL_EN")]
    provider_label_en: Option<String>,
    /// Whether user names and passwords are taken as well [default: true]
    #[arg(long, env = "JIANJIA_PROVIDER_PASSWORDS", value_parser = BoolishValueParser::new())]
    provider_passwords: Option<bool>,
    /// Whether the provider's sign-in stands for the code of the second factor at signing in (not before what matters most) [default: false]
    #[arg(long, env = "JIANJIA_PROVIDER_TRUST_FACTOR", value_parser = BoolishValueParser::new())]
    provider_trust_factor: Option<bool>,
}

/// `[provider]` of the configuration file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderConfiguration {
    pub issuer: Option<String>,
    pub client_id: Option<String>,
    pub secret_file: Option<std::path::PathBuf>,
    pub claim: Option<String>,
    #[serde(rename = "match")]
    pub matched: Option<String>,
    pub scopes: Option<String>,
    pub label: Option<String>,
    pub label_en: Option<String>,
    pub passwords: Option<bool>,
    pub trust_factor: Option<bool>,
}

/// Shown below the flags, as a part of the configuration file.
pub const SETTINGS: &str = "  [provider]
  issuer = \"https://id.example.org/realms/city\"
  client_id = \"jianjia\"
  secret_file = \"/etc/jianjia/provider.secret\"
  claim = \"preferred_username\"
  match = \"login\"
  scopes = \"profile\"
  label = \"市统一身份认证登录\"
  label_en = \"Sign in with the city's account\"
  passwords = true
  trust_factor = false";

const SECRET: &str = "JIANJIA_PROVIDER_CLIENT_SECRET";

impl ProviderFlags {
    /// What is set up; `address` is where people reach the program.
    ///
    /// # Errors
    /// When a setting can't be used, or one is missing: the sentence names it.
    pub fn provider(
        &self,
        configuration: &Configuration,
        address: &str,
    ) -> Result<Option<Provider>> {
        let file = &configuration.provider;
        let either = |flag: &Option<String>, file: &Option<String>| -> Option<String> {
            let given = flag.clone().or_else(|| file.clone());
            given.filter(|value| !value.is_empty())
        };
        let Some(issuer) = either(&self.provider_issuer, &file.issuer) else {
            return Ok(None);
        };
        let matched = either(&self.provider_match, &file.matched);
        let matched = matched.unwrap_or_else(|| Matched::Login.key().to_owned());
        let claim = either(&self.provider_claim, &file.claim).unwrap_or_default();
        let scopes = either(&self.provider_scopes, &file.scopes);
        let scopes = scopes.unwrap_or_else(|| usual_scope(&claim).to_owned());
        let provider = Provider {
            issuer,
            client_id: either(&self.provider_client_id, &file.client_id).unwrap_or_default(),
            client_secret: self.secret(file)?,
            address: address.to_owned(),
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            matched: Matched::from_key(&matched).with_context(|| {
                format!("provider match is login or telephone, and not {matched}")
            })?,
            claim,
            label: Text {
                zh: either(&self.provider_label, &file.label)
                    .unwrap_or_else(|| "统一身份认证登录".to_owned()),
                en: either(&self.provider_label_en, &file.label_en)
                    .unwrap_or_else(|| "Sign in by the identity provider".to_owned()),
            },
            passwords: match self.provider_passwords.or(file.passwords) {
                Some(false) => Passwords::End,
                Some(true) | None => Passwords::Stay,
            },
            factor: match self.provider_trust_factor.or(file.trust_factor) {
                Some(true) => Factor::Trusted,
                Some(false) | None => Factor::Asked,
            },
        };
        Ok(Some(provider.checked()?))
    }

    /// The secret: of the environment, or of a file. A provider may give none.
    fn secret(&self, file: &ProviderConfiguration) -> Result<String> {
        if let Ok(secret) = std::env::var(SECRET)
            && !secret.is_empty()
        {
            return Ok(secret);
        }
        let path = self.provider_secret_file.as_ref();
        let Some(path) = path.or(file.secret_file.as_ref()) else {
            return Ok(String::new());
        };
        ensure!(
            !private::is_open_to_others(path),
            "others of this machine may read {}: chmod 600 it first",
            path.display()
        );
        let secret = std::fs::read_to_string(path)
            .with_context(|| format!("{} can't be read", path.display()))?;
        Ok(secret.trim().to_owned())
    }
}

/// What has to be asked for, by the usual rules, to be told a claim.
fn usual_scope(claim: &str) -> &'static str {
    match claim {
        "email" => "email",
        "phone_number" => "phone",
        "sub" => "",
        _ => "profile",
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    fn flags() -> ProviderFlags {
        ProviderFlags {
            provider_issuer: Some("https://id.example".to_owned()),
            provider_client_id: Some("jianjia".to_owned()),
            provider_secret_file: None,
            provider_claim: Some("phone_number".to_owned()),
            provider_match: Some("telephone".to_owned()),
            provider_scopes: None,
            provider_label: None,
            provider_label_en: None,
            provider_passwords: None,
            provider_trust_factor: None,
        }
    }

    #[test]
    fn settings_are_read_and_the_secret_is_its_owner_s() {
        let (here, none) = ("https://jianjia.example", Configuration::default());
        let read = flags().provider(&none, here).unwrap().unwrap();
        assert_eq!(read.scopes, ["phone"]);
        assert_eq!(
            (read.matched, read.passwords, read.factor),
            (Matched::Telephone, Passwords::Stay, Factor::Asked)
        );
        assert_eq!(
            read.return_address(),
            "https://jianjia.example/sign-in/provider/return"
        );
        let off = ProviderFlags {
            provider_issuer: None,
            ..flags()
        };
        assert!(off.provider(&none, here).unwrap().is_none());
        let wrong = ProviderFlags {
            provider_match: Some("name".to_owned()),
            ..flags()
        };
        assert!(wrong.provider(&none, here).is_err());

        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "s3cret\n").unwrap();
        let with_file = ProviderFlags {
            provider_secret_file: Some(path.clone()),
            ..flags()
        };
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(with_file.provider(&none, here).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let read = with_file.provider(&none, here).unwrap().unwrap();
        assert_eq!(read.client_secret, "s3cret");
    }
}
