//! The accounts as a table to download: the list under its search, a row for each role. Its headings are those of the import, which reads of them name,
//! union, role and user name.

use jianjia_app::office::account as accounts;
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{export::ExportKind, policy::RoleAt},
    office::account::{Account, AccountState, login},
};

use super::Search;
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

impl Listing for Search {
    const KIND: ExportKind = ExportKind::AccountList;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["姓名", "用户名", "角色", "表格|所在工会", "账号状态"];
        Listed::of(frame, "账号名单", "accounts", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = accounts::portion(app, actor, self.q.trim(), portion).await?;
        let rows = found.iter().flat_map(|account| {
            // An account without a role has a row, too.
            let none = account.roles.is_empty().then_some(None);
            let roles = account.roles.iter().map(Some).chain(none);
            roles.map(move |at| row(frame, account, at))
        });
        Ok(Rows {
            rows: rows.collect(),
            total,
        })
    }
}

fn row(frame: &Frame, account: &Account, at: Option<&RoleAt>) -> Vec<Cell> {
    let role = at.map_or("", |at| frame.t_fixed(at.role.word()));
    vec![
        Cell::Text(account.name.clone()),
        Cell::Text(login::shown(&account.login)),
        Cell::from(role),
        Cell::from(at.map_or("", |at| at.unit.name.as_str())),
        Cell::Text(state(frame, account)),
    ]
}

/// As the list says it.
fn state(frame: &Frame, account: &Account) -> String {
    let is_active = account.state == AccountState::Active;
    if is_active && !account.has_password {
        return frame.t("还没有开通").to_owned();
    }
    let state = frame.t_fixed(account.state.word());
    if account.must_change {
        format!("{state}{}{}", frame.t("；"), frame.t("待改密码"))
    } else {
        state.to_owned()
    }
}
