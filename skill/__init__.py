"""The service «Оживи фото»: dialog with assistants, page for phones, API, jobs, media and the command line."""
