//! 邀请单: a page for each account that was given a code.

use jianjia_domain::{
    office::account::{NameSource, login},
    rating::poll::slip::printed,
};
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{app::App, error::Result, paper::Sheet},
    office::invitation::printing::{self, Sheets},
};

#[derive(Serialize)]
struct Invitations {
    from: From,
    made_on: Date,
    until: Date,
    /// Where a code is typed: `jianjia.example/join`.
    site: String,
    sheets: Vec<Invitation>,
}

#[derive(Serialize)]
struct From {
    name: String,
    telephone: Option<String>,
}

#[derive(Serialize)]
struct Invitation {
    union: String,
    address: Option<String>,
    /// None where the register names nobody.
    name: Option<String>,
    role: &'static str,
    code: String,
    login: String,
    link: String,
}

/// Invitations just made. `site` is where a code is typed, and `scanned` the address that a code's QR leads to.
///
/// # Errors
/// As `Sheet::of`.
pub fn sheet(
    app: &App,
    made: &Sheets,
    site: String,
    scanned: impl Fn(&str) -> String,
) -> Result<Sheet> {
    let stated = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let invitation = |sheet: &printing::Sheet| Invitation {
        union: sheet.unit_name.clone(),
        address: stated(&sheet.address),
        name: match sheet.name_source {
            NameSource::Open => None,
            NameSource::Given | NameSource::Own => stated(&sheet.name),
        },
        role: sheet.role.word(),
        code: printed(&sheet.code),
        login: login::shown(&sheet.login),
        link: scanned(&sheet.code),
    };
    let invitations = Invitations {
        from: From {
            name: made.from.name.clone(),
            telephone: stated(&made.from.phone),
        },
        made_on: app.clock.today(),
        until: made.until,
        site,
        sheets: made.sheets.iter().map(invitation).collect(),
    };
    Sheet::of("invitations", made.unit.name.clone(), &invitations)
}
