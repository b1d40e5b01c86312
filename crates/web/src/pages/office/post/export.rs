//! What waits to be sent by mail and text message, was sent or was not, as a table to download, with masked addresses as on the page.

use jianjia_app::office::post::{self as posts, Outgoing};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, post::PostState};
use serde::Deserialize;

use super::why;
use crate::{
    frame::Frame,
    page::PageError,
    pages::core::export::{Asker, Listed, Listing, Rows},
};

/// All of it, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Post {}

impl Listing for Post {
    const KIND: ExportKind = ExportKind::Post;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "收件人",
            "方式",
            "地址",
            "情况",
            "消息条数",
            "试发次数",
            "时间",
            "原因",
        ];
        Listed::of(frame, "邮件和短信发送情况", "post", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = posts::export(app, actor, portion).await?;
        let row = |one: &Outgoing| {
            vec![
                Cell::Text(one.account_name.clone()),
                Cell::from(frame.t_fixed(one.channel.word())),
                Cell::Text(one.address.clone()),
                Cell::from(state(frame, one)),
                Cell::Number(one.messages),
                Cell::Number(one.attempts),
                Cell::Text(frame.minute(one.created_at)),
                Cell::Text(why(frame, one)),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}

/// As the page counts it.
fn state(frame: &Frame, one: &Outgoing) -> &'static str {
    if one.state == PostState::Waiting && one.error.is_some() {
        frame.t("邮件|未发出，等待再试")
    } else {
        frame.t_fixed(one.state.word())
    }
}
