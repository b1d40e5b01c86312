mod accounts;
mod frame;
mod sheets;
mod register;
mod sign_in;
