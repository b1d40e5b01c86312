//! The access tokens of the accounts that somebody administers as a table to download.

use jianjia_app::office::token::{self as tokens, Line};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::export::ExportKind;
use serde::Deserialize;

use super::scope_words;
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

/// All of them, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct TokensBelow {}

impl Listing for TokensBelow {
    const KIND: ExportKind = ExportKind::Tokens;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "名称",
            "令牌可读的内容",
            "姓名",
            "表格|所在工会",
            "令牌到期日期",
            "令牌最近使用",
        ];
        Listed::of(frame, "有效的访问令牌", "tokens", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = tokens::export(app, actor, portion).await?;
        let row = |line: &Line| {
            let token = &line.token;
            let used_on = token.used_on.map(|day| day.to_string());
            vec![
                Cell::Text(token.name.clone()),
                Cell::Text(scope_words(frame, token)),
                Cell::Text(line.account_name.clone()),
                Cell::Text(line.unit_name.clone()),
                Cell::Text(frame.date_of(token.expires_at)),
                Cell::Text(used_on.unwrap_or_else(|| frame.t("还没有用过").to_owned())),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
