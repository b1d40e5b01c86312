//! What pages say at their end to help: data (`help.toml`), by the page's address.

use std::sync::LazyLock;

use serde::Deserialize;

/// The file of help, compiled into the program.
pub const FILE: &str = include_str!("../help.toml");

/// A line or two for pages of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// Addresses, in which `{…}` stands for any part.
    pub paths: Vec<String>,
    /// Only where passwords are taken, or only where none are; left out: everywhere.
    #[serde(default)]
    pub passwords: Option<bool>,
    pub zh: String,
    pub en: String,
    /// Of what the standard's clauses are shown with it; empty where the page is the platform's own business.
    pub about: Vec<About>,
}

/// What clauses of a standard are about.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// When in the year.
    Calendar,
    /// Who reviews, decides and names.
    Routes,
    /// What is shown in public before it is decided.
    Notice,
    /// Which earlier honours count.
    Equivalence,
    /// The members' rating.
    Rating,
    Activities,
    Vetoes,
    Targets,
    Rewards,
}

#[derive(Deserialize)]
struct Pages {
    page: Vec<Help>,
}

static PAGES: LazyLock<Vec<Help>> = LazyLock::new(|| match toml::from_str::<Pages>(FILE) {
    Ok(pages) => pages.page,
    // A test parses the file; a malformed one costs its help, not the service.
    Err(error) => {
        tracing::error!(%error, "the file of help can't be parsed");
        Vec::new()
    }
});

/// All of it, in the order of the file.
pub fn all() -> &'static [Help] {
    &PAGES
}

/// The help of the page at an address, where passwords are taken.
pub fn of(path: &str) -> Option<&'static Help> {
    of_instance(path, true)
}

/// The help of the page at an address of an instance that takes passwords or none.
pub fn of_instance(path: &str, passwords: bool) -> Option<&'static Help> {
    all().iter().find(|help| {
        help.passwords.is_none_or(|only| only == passwords)
            && help.paths.iter().any(|pattern| fits(pattern, path))
    })
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) if expected == found || expected.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_has_a_line_in_both_languages() {
        assert!(!all().is_empty(), "the file can't be read");
        for help in all() {
            assert!(
                !help.zh.is_ascii() && help.en.is_ascii(),
                "{:?}",
                help.paths
            );
        }
    }

    #[test]
    fn nobody_is_sent_to_a_password_that_is_not_taken() {
        let words = |passwords| of_instance("/sign-in", passwords).map(|help| help.zh.as_str());
        assert!(words(true).is_some_and(|words| words.contains("忘记密码")));
        assert!(words(false).is_some_and(|words| !words.contains("密码")));
    }

    #[test]
    fn a_page_is_found_by_its_address() {
        let check = |path: &str, expect: Option<&str>| {
            assert_eq!(
                of(path).map(|help| help.paths[0].as_str()),
                expect,
                "{path}"
            );
        };
        check("/", Some("/"));
        check("/units/7/home", Some("/units/{id}/home"));
        check("/accounts/password", Some("/accounts/password"));
        check("/accounts/7", Some("/accounts"));
        check("/healthz", None);
    }
}
