FROM minio/minio:latest
ENV MINIO_ROOT_USER="admin" MINIO_ROOT_PASSWORD="titan-secret-1"
COPY init/*.sh /docker-init/
CMD ["server", "/data", "--console-address", ":9001"]
