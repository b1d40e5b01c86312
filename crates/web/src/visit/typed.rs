//! What was sent with a form, kept until it is answered: where the database is away or the disk is full, the page carries it with a button that
//! sends it again.

use axum::{
    extract::{FromRequest, Request},
    http::Method,
};
use jianjia_app::core::app::App;

use crate::{
    form::{Form, is_upload, upload::Upload},
    session::CHANGE_PASSWORD,
};

/// The field of a code of the second factor that is sent along with a form. It counts once, so it is never sent again.
pub const FACTOR_CODE: &str = "factor_code";

/// The same of what a passkey signed.
pub const FACTOR_PASSKEY: &str = "factor_passkey";

/// The fields of a form, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Names and values, as they were sent; of passwords the name alone, for these are typed again.
    pub fields: Vec<(String, String)>,
    pub passwords: Vec<String>,
    /// Names of the fields that held files, which only the sender's machine has.
    pub files: Vec<String>,
    pub is_upload: bool,
}

impl Typed {
    /// What was sent to an address.
    pub fn form(path: &str, fields: &[(String, String)]) -> Typed {
        let (passwords, fields) = fields
            .iter()
            .filter(|(name, _)| name != FACTOR_CODE && name != FACTOR_PASSKEY)
            .cloned()
            .partition::<Vec<_>, _>(|(name, _)| is_password(path, name));
        Typed {
            fields,
            passwords: passwords.into_iter().map(|(name, _)| name).collect(),
            files: Vec::new(),
            is_upload: false,
        }
    }

    /// What was sent with files; their content is not kept.
    pub fn upload(path: &str, upload: &Upload) -> Typed {
        let mut files: Vec<String> = upload.files.iter().map(|file| file.field.clone()).collect();
        files.dedup();
        Typed {
            files,
            is_upload: true,
            ..Typed::form(path, &upload.fields)
        }
    }

    /// Whether anything was filled in, besides what a button sends by itself.
    pub fn is_filled(&self) -> bool {
        let mut fields = self.fields.iter();
        let is_filled = |(name, value): &(String, String)| name != "csrf" && !value.is_empty();
        fields.any(is_filled) || !self.passwords.is_empty() || !self.files.is_empty()
    }
}

/// Whether a field holds a password, which is written into no page.
fn is_password(path: &str, name: &str) -> bool {
    name.contains("password") || (path == CHANGE_PASSWORD && name != "csrf")
}

/// Reads the form of a request that reaches no handler. What was not sent from a page of ours is not kept.
pub async fn read(request: Request, app: &App) {
    if request.method() != Method::POST {
        return;
    }
    // Reading keeps it in the visit; what can't be read is lost.
    if is_upload(request.headers()) {
        drop(Upload::from_request(request, app).await);
    } else {
        drop(Form::<Vec<(String, String)>>::from_request(request, app).await);
    }
}
