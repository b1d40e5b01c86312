mod accounts;
mod frame;
mod honours;
mod register;
mod routes;
mod sheets;
mod sign_in;
mod words;
