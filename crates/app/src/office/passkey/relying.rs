//! The site that passkeys are bound to, as the settings name it: the host of `address` is what devices know it by, and the whole of it is the
//! origin that a browser must tell. The demo is at home on this machine, at whatever port.

use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder};

use crate::core::app::App;

/// Whether passkeys can be used on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Here {
    Offered,
    /// They are bound to another address than the page was opened by.
    Elsewhere {
        address: String,
    },
    /// No address that they can be bound to is set.
    Never,
}

impl Here {
    pub fn is_offered(&self) -> bool {
        *self == Here::Offered
    }

    /// The address by which to open the page; none where it is that, or there is none.
    pub fn elsewhere(&self) -> Option<&str> {
        match self {
            Here::Elsewhere { address } => Some(address),
            _ => None,
        }
    }
}

/// Whether passkeys can be used on a page that was opened by an address.
pub fn here(app: &App, origin: &str) -> Here {
    let Some(mut home) = home(app) else {
        return Here::Never;
    };
    // The scheme is the proxy's matter; the browser tells the whole origin with each answer, and that is compared.
    let opened = Url::parse(origin).ok();
    if opened.as_ref().and_then(Url::domain) == home.domain() {
        Here::Offered
    } else {
        if is_any_port(app) {
            // An address by number has a port all the same.
            let port = opened.and_then(|opened| opened.port());
            home.set_port(port).ok();
        }
        Here::Elsewhere {
            address: home.as_str().trim_end_matches('/').to_owned(),
        }
    }
}

/// What makes questions for passkeys and checks their answers; none where no address is set that they can be bound to.
pub(super) fn site(app: &App) -> Option<Webauthn> {
    let home = home(app)?;
    let builder = WebauthnBuilder::new(home.domain()?, &home).ok()?;
    builder
        .rp_name("建家")
        .allow_any_port(is_any_port(app))
        .build()
        .ok()
}

/// Whether nobody said at which port the program is reached: the demo is served at whichever was free.
fn is_any_port(app: &App) -> bool {
    app.post.address.is_empty()
}

/// The address that passkeys are bound to. Browsers take none by number, and over plain http this machine alone.
fn home(app: &App) -> Option<Url> {
    let address = match app.post.address.as_str() {
        "" if app.is_demo => "http://localhost",
        address => address,
    };
    let home = Url::parse(address).ok()?;
    let is_here = home.domain() == Some("localhost");
    (home.domain().is_some() && (home.scheme() == "https" || is_here)).then_some(home)
}
